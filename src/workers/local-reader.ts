import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type {
  ConnectionSettings,
  LeaseTask,
  LocalReader,
  Outcome,
  ReaderAnswer,
  ReaderTask,
} from '../protocol/messages.js'
import { confirmOutcome } from './connection/damage.js'
import { serveLease } from './lease/serve-lease.js'
import { openReadConnection } from './connection/open.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { ReaderConnection } from './reading/reader-connection.js'

/** Answers reads in this thread, on a connection of its own; a lease gets one more, so that reads go on beside it. */
export function openLocalReader(settings: ConnectionSettings): LocalReader {
  return new ThisThread(settings)
}

class ThisThread implements LocalReader {
  readonly #settings: ConnectionSettings
  readonly #connection: ReaderConnection
  readonly #leases = new Map<MessagePort, Promise<unknown>>()
  #isClosed = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#connection = new ReaderConnection(settings)
  }

  run(task: ReaderTask): ReaderAnswer {
    switch (task.kind) {
      case 'open':
        return this.#confirm(outcomeOf(() => this.#open()))
      case 'operations':
        if (this.#isClosed) return task.operations.map(() => failed(closed()))
        return this.#connection.answer(task.operations)
      case 'lease':
        return this.#lend(task)
      case 'scrub':
        return this.#connection.scrub(task.place, task.rows)
      case 'close':
        return outcomeOf(() => this.#connection.close())
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#connection.close()
    for (const port of this.#leases.keys()) port.close()
    await Promise.all(this.#leases.values())
  }

  async #lend(task: LeaseTask): Promise<Outcome<void>> {
    try {
      this.#assertOpen()
      const over = serveLease(openReadConnection(this.#settings), this.#settings.path, 'read', task)
      this.#leases.set(task.port, over)
      const outcome = await over.finally(() => this.#leases.delete(task.port))
      this.#assertOpen()
      return outcome
    } catch (error) {
      return this.#confirm(failed(error))
    }
  }

  #open(): void {
    this.#assertOpen()
    this.#connection.open()
  }

  #confirm<Value>(outcome: Outcome<Value>): Outcome<Value> {
    return confirmOutcome(this.#settings.path, outcome)
  }

  /** What the database has let go of is not opened again here. */
  #assertOpen(): void {
    if (this.#isClosed) throw closed()
  }
}

const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The database is closed')
