import { EventEmitter, once } from 'node:events'
import { expect, it } from 'vitest'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

it('one signal may be shared by any number of calls: none warns, and all are aborted together', async () => {
  const db = await temporaryDatabase()
  const controller = new AbortController()
  const { signal } = controller
  const warnings: string[] = []
  const note = (warning: Error) => warnings.push(warning.name)
  process.on('warning', note)
  await Promise.all(Array.from({ length: 5_000 }, (_, n) => db.storeMessage(message(`m${n}`), { signal })))
  // The writer is lent meanwhile, so that the calls wait.
  const events = new EventEmitter()
  const lease = db.withConnection(
    () => {
      const released = once(events, 'released')
      events.emit('lent')
      return released
    },
    { mode: 'write' },
  )
  await once(events, 'lent')
  const calls = Array.from({ length: 2_000 }, (_, n) => db.storeMessage(message(`n${n}`), { signal }))
  const errors = Promise.all(calls.map((call) => expectError(call, 'ABORTED')))
  controller.abort()
  await errors
  events.emit('released')
  await lease
  process.off('warning', note)
  expect(warnings).not.toContain('MaxListenersExceededWarning')
  expect(await db.countMessages()).toBe(5_000)
})
