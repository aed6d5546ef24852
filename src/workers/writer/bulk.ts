import { unpackColumns } from '../../protocol/message-columns.js'
import type { Outcome } from '../../protocol/messages.js'
import type { StoreOutcome } from '../../protocol/models.js'
import type { BulkAnswer, BulkItem, EachOutcome, OperationBulk } from '../../protocol/requests.js'
import type { WriteConnection } from '../connection/connection.js'
import { outcomeInSavepoint } from '../connection/savepoint.js'
import { runOneOfSeveral } from '../dispatch.js'
import { store } from '../tables/messages.js'

/**
 * Runs the operations of a bulk, each seeing what those before it did.
 *
 * @throws what the first that fails throws; whoever began the transaction undoes the others
 */
export function runBulk(connection: WriteConnection, { items }: OperationBulk): BulkAnswer {
  const outcomes = items.flatMap((item) => runItem(connection, item))
  return { outcomes: outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes }
}

/** The same, where each that fails leaves nothing behind and the others stand. Only a bulk in which one fails pays for that. */
export function runBulkApart(connection: WriteConnection, bulk: OperationBulk): BulkAnswer {
  const together = outcomeInSavepoint(connection, () => runBulk(connection, bulk))
  if (together.ok) return together.value
  return { outcomes: bulk.items.flatMap((item) => runItemApart(connection, item)) }
}

function runItem(connection: WriteConnection, item: BulkItem): EachOutcome[] {
  switch (item.name) {
    case 'storeMessage run':
      return unpackColumns(item.columns).map((message) => store(connection, message, message.onConflict))
    case 'refused':
      return [{ ok: false, error: item.error }]
    default:
      return [{ ok: true, value: runOneOfSeveral(connection, item) }]
  }
}

function runItemApart(connection: WriteConnection, item: BulkItem): EachOutcome[] {
  switch (item.name) {
    case 'storeMessage run':
      return unpackColumns(item.columns).map((message) =>
        wordOf(outcomeInSavepoint(connection, () => store(connection, message, message.onConflict))),
      )
    case 'refused':
      return [{ ok: false, error: item.error }]
    default:
      return [outcomeInSavepoint(connection, () => runOneOfSeveral(connection, item))]
  }
}

const wordOf = (outcome: Outcome<StoreOutcome>): EachOutcome => (outcome.ok ? outcome.value : outcome)
