import type { ConnectionSettings, LocalReader } from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { serveLease } from './lease/serve-lease.js'
import { openReadConnection } from './open.js'
import { failed, outcomeOf } from './outcome.js'
import { readTogether } from './snapshot.js'

/** Answers reads in this thread, on a connection of its own; a lease gets one more, so that reads go on beside it. */
export function openLocalReader(settings: ConnectionSettings): LocalReader {
  let connection: Connection | undefined
  const open = (): Connection => (connection ??= openReadConnection(settings))
  return {
    run(task) {
      switch (task.kind) {
        case 'open':
          return outcomeOf(() => void open())
        case 'operations':
          return readTogether(open, task.operations)
        case 'lease':
          try {
            return serveLease(openReadConnection(settings), 'read', task)
          } catch (error) {
            return failed(error)
          }
        case 'close':
          return outcomeOf(close)
      }
    },
    close,
  }

  function close(): void {
    const closing = connection
    connection = undefined
    closing?.close()
  }
}
