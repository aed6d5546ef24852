import { unpackColumns } from '../../protocol/message-columns.js'
import type { OperationMessage, Outcome } from '../../protocol/messages.js'
import type { BulkAnswer, EachOutcome, OperationBulk } from '../../protocol/requests.js'
import { outcomeAmongOthers } from '../connection/outcome.js'
import type { Session } from '../connection/session.js'
import { runOperation } from '../dispatch.js'
import { storeMessages } from '../tables/store-messages.js'
import type { LostNodes } from '../lost-nodes.js'
import { inSavepoint } from './transaction.js'

/**
 * Runs the operations of a bulk, each seeing what those before it did.
 *
 * @throws what the first that fails throws; whoever began the transaction undoes the others
 */
export async function runBulk(session: Session, { items }: OperationBulk): Promise<BulkAnswer> {
  const outcomes: EachOutcome[] = []
  for (const item of items) {
    if (item.name === 'storeMessage run')
      outcomes.push(...(await storeMessages(session, unpackColumns(item.columns))))
    else if (item.name === 'refused') outcomes.push({ ok: false, error: item.error })
    else outcomes.push({ ok: true, value: await runOperation(session, item) })
  }
  return toAnswer(outcomes)
}

/** The same, where each that fails leaves nothing behind and the others stand. Only a bulk in which one fails pays for that. */
export async function runBulkApart(
  session: Session,
  bulk: OperationBulk,
  lostNodes: LostNodes,
): Promise<BulkAnswer> {
  const together = await outcomeAmongOthers(() => inSavepoint(session, () => runBulk(session, bulk)))
  if (together.ok) return together.value
  const apart = <Value>(item: OperationMessage, run: () => Promise<Value>): Promise<Outcome<Value>> =>
    lostNodes.attempt(session, item, () => outcomeAmongOthers(() => inSavepoint(session, run)))
  const outcomes: EachOutcome[] = []
  for (const item of bulk.items) {
    if (item.name === 'refused') outcomes.push({ ok: false, error: item.error })
    else if (item.name === 'storeMessage run')
      for (const params of unpackColumns(item.columns)) {
        const stored = await apart({ name: 'storeMessage', params }, () => storeMessages(session, [params]))
        outcomes.push(stored.ok ? (stored.value[0] ?? 'ignored') : stored)
      }
    else outcomes.push(await apart(item, () => runOperation(session, item)))
  }
  return toAnswer(outcomes)
}

const toAnswer = (outcomes: readonly EachOutcome[]): BulkAnswer => ({
  outcomes: outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes,
})
