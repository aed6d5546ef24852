import { expect, it } from 'vitest'
import { Places } from '../../src/server/leases/places.js'
import { expectError } from '../support/databases.js'
import { ConvoDbError } from 'convodb'

const { signal } = new AbortController()

it('places are taken in turn, and who has gone or is refused has none', async () => {
  const places = new Places(1)
  await places.take(signal)
  const leave = new AbortController()
  const gone = places.take(leave.signal)
  const next = places.take(signal)
  leave.abort()
  await expectError(gone, 'ABORTED')
  places.giveBack()
  await next
  await expectError(places.take(leave.signal), 'ABORTED')
  const refused = places.take(signal)
  places.refuse(new ConvoDbError('CLOSED', 'closing'))
  await expectError(refused, 'CLOSED')
  places.giveBack()
  await places.take(signal)
  expect(await Promise.race([places.take(signal), 'waits'])).toBe('waits')
})
