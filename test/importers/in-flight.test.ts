import { expect, it } from 'vitest'
import { InFlight } from '../../src/importers/in-flight.js'

/** Calls that end when the test says so. */
function heldCalls() {
  const running: { resolve: () => void; reject: (error: Error) => void }[] = []
  const call = () => new Promise<void>((resolve, reject) => running.push({ resolve, reject }))
  return { call, running }
}

it('starts no more calls than it may, and the next when one has ended', async () => {
  const { call, running } = heldCalls()
  const inFlight = new InFlight({ maxCalls: 2, maxBytes: 100 }, () => undefined)
  await inFlight.start(1, call)
  await inFlight.start(1, call)
  const third = inFlight.start(1, call)
  expect(running).toHaveLength(2)
  running[0]?.resolve()
  await third
  expect(running).toHaveLength(3)
})

it('bounds their bytes; a call larger than the bound goes alone', async () => {
  const { call, running } = heldCalls()
  const inFlight = new InFlight({ maxCalls: 10, maxBytes: 100 }, () => undefined)
  await inFlight.start(60, call)
  const large = inFlight.start(1000, call)
  expect(running).toHaveLength(1)
  running[0]?.resolve()
  await large
  expect(running).toHaveLength(2)
})

it('settles when all have ended', async () => {
  const { call, running } = heldCalls()
  const inFlight = new InFlight({ maxCalls: 10, maxBytes: 100 }, () => undefined)
  await inFlight.start(1, call)
  await inFlight.start(1, call)
  const settled = inFlight.settle()
  for (const { resolve } of running) resolve()
  await settled
})

it('after a failure starts no other, tells at once, and throws it when the rest have ended', async () => {
  const { call, running } = heldCalls()
  let failures = 0
  const inFlight = new InFlight({ maxCalls: 2, maxBytes: 100 }, () => (failures += 1))
  await inFlight.start(1, call)
  await inFlight.start(1, call)
  const third = inFlight.start(1, call)
  running[0]?.reject(new Error('the disk is full'))
  running[1]?.resolve()
  await expect(third).rejects.toThrow('the disk is full')
  expect(failures).toBe(1)
  expect(running).toHaveLength(2)
  await expect(inFlight.settle()).rejects.toThrow('the disk is full')
})
