import type { ConnectionSettings, LocalReader } from '../protocol/messages.js'
import { confirmOutcome } from './damage.js'
import { serveLease } from './lease/serve-lease.js'
import { openReadConnection } from './open.js'
import { failed, outcomeOf } from './outcome.js'
import { ReaderConnection } from './reader-connection.js'

/** Answers reads in this thread, on a connection of its own; a lease gets one more, so that reads go on beside it. */
export function openLocalReader(settings: ConnectionSettings): LocalReader {
  const connection = new ReaderConnection(settings)
  return {
    run(task) {
      switch (task.kind) {
        case 'open':
          return confirmOutcome(
            settings.path,
            outcomeOf(() => void connection.open()),
          )
        case 'operations':
          return connection.answer(task.operations)
        case 'lease':
          try {
            return serveLease(openReadConnection(settings), settings.path, 'read', task)
          } catch (error) {
            return confirmOutcome(settings.path, failed(error))
          }
        case 'scrub':
          return connection.scrub(task.place, task.rows)
        case 'close':
          return outcomeOf(() => connection.close())
      }
    },
    close: () => connection.close(),
  }
}
