import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type {
  AnyOutcome,
  ConnectionSettings,
  LeaseTask,
  LocalReader,
  Outcome,
  ReaderTask,
} from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { serveLease } from './lease.js'
import { openReadConnection } from './open.js'
import { failed, outcomeOf } from './outcome.js'
import { readTogether } from './snapshot.js'

/** Answers reads in this thread, on a connection of its own; a lease gets one more, so that reads go on beside it. */
export function openLocalReader(settings: ConnectionSettings): LocalReader {
  return new ThisThread(settings)
}

class ThisThread implements LocalReader {
  readonly #settings: ConnectionSettings
  readonly #leases = new Map<MessagePort, Promise<unknown>>()
  #connection: Connection | undefined
  #isClosed = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  run(task: ReaderTask): Outcome<void> | Promise<Outcome<void>> | AnyOutcome[] {
    switch (task.kind) {
      case 'open':
        return outcomeOf(() => void this.#open())
      case 'operations':
        return readTogether(() => this.#open(), task.operations)
      case 'lease':
        return this.#lend(task)
      case 'close':
        return outcomeOf(() => this.#closeConnection())
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#closeConnection()
    for (const port of this.#leases.keys()) port.close()
    await Promise.all(this.#leases.values())
  }

  async #lend(task: LeaseTask): Promise<Outcome<void>> {
    try {
      this.#assertOpen()
      const lent = openReadConnection(this.#settings)
      const over = serveLease(lent, 'read', task).finally(() => lent.close())
      this.#leases.set(task.port, over)
      const outcome = await over.finally(() => this.#leases.delete(task.port))
      this.#assertOpen()
      return outcome
    } catch (error) {
      return failed(error)
    }
  }

  #open(): Connection {
    this.#assertOpen()
    return (this.#connection ??= openReadConnection(this.#settings))
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
  }

  #closeConnection(): void {
    const closing = this.#connection
    this.#connection = undefined
    closing?.close()
  }
}
