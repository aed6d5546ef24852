import { expect, it } from 'vitest'
import { PendingWaiter } from '../../src/main/pending/wait-for-pending.js'

const never = { subscribe: () => expect.unreachable('nothing is followed') }
const long = { after: undefined, forMs: 3_600_000, signal: undefined }

it('what was settled since it was last asked for is not waited for', async () => {
  const waiter = new PendingWaiter()
  waiter.beginLook()
  // A batch was given back, and its answer came before that of the look.
  waiter.wake()
  await waiter.wait(never, long)
})

it('what was settled before is', async () => {
  const waiter = new PendingWaiter()
  waiter.wake()
  waiter.beginLook()
  let isOver = false
  const waiting = waiter.wait(never, long).then(() => (isOver = true))
  await new Promise(setImmediate)
  expect(isOver).toBe(false)
  waiter.wake()
  await waiting
})
