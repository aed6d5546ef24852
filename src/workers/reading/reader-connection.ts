import type { AnyOutcome, ConnectionSettings, OperationMessage, Outcome } from '../../protocol/messages.js'
import type { ScrubPlace, ScrubSlice } from '../../protocol/scrub.js'
import type { Connection } from '../connection/connection.js'
import { confirmOutcome, isDoubtful } from '../connection/damage.js'
import { openReadConnection } from '../connection/open.js'
import { outcomeOf, failed } from '../connection/outcome.js'
import { checkEveryRow } from '../connection/row-checks.js'
import { scrubRows } from './scrub.js'
import { runReadMessage } from '../dispatch.js'
import { followUnindexedMessages } from '../tables/indexed-messages.js'

/** Of vectors in blocks: sketches of 1.2 million, or codes of 250,000 vectors of 384 numbers. */
const maxBlockBytes = 96 * 1024 * 1024

/** One thread's connection for reads: opened when first needed, and anew after a fault of the disk. */
export class ReaderConnection {
  readonly #settings: ConnectionSettings
  #connection: Connection | undefined

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  open(): Connection {
    this.#connection ??= this.#openAnew()
    return this.#connection
  }

  #openAnew(): Connection {
    const connection = openReadConnection(this.#settings)
    connection.blocks.keepUpTo(maxBlockBytes)
    if (this.#settings.verifyReads) checkEveryRow(connection)
    return connection
  }

  close(): void {
    const closing = this.#connection
    this.#connection = undefined
    closing?.close()
  }

  scrub(place: ScrubPlace, rows: number): Outcome<ScrubSlice> {
    return confirmOutcome(
      this.#settings.path,
      outcomeOf(() => scrubRows(this.open(), place, rows)),
    )
  }

  /** Answers from one snapshot. What the disk or damage keeps from an answer is read once more, on a new connection. */
  answer(operations: readonly OperationMessage[]): AnyOutcome[] {
    const outcomes = readTogether(() => this.open(), operations)
    if (outcomes.every((outcome) => outcome.ok || !isDoubtful(outcome.error))) return outcomes
    this.close()
    return outcomes.map((outcome, index) => {
      const operation = operations[index]
      if (outcome.ok || operation === undefined || !isDoubtful(outcome.error)) return outcome
      const [again = outcome] = readTogether(() => this.open(), [operation])
      return confirmOutcome(this.#settings.path, again)
    })
  }
}

/** Answers reads that travelled together from one snapshot, and each by itself; one that fails fails alone. */
function readTogether(open: () => Connection, operations: readonly OperationMessage[]): AnyOutcome[] {
  try {
    const connection = open()
    connection.run('BEGIN')
    try {
      followUnindexedMessages(connection)
      return operations.map((operation) => outcomeOf(() => runReadMessage(connection, operation)))
    } finally {
      // After some faults SQLite has already ended it by itself (https://www.sqlite.org/lang_transaction.html).
      if (connection.inTransaction) connection.run('COMMIT')
    }
  } catch (error) {
    const outcome = failed(error)
    return operations.map(() => outcome)
  }
}
