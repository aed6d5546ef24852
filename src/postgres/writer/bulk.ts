import { unpackColumns } from '../../protocol/message-columns.js'
import type { BulkAnswer, BulkItem, EachOutcome, OperationBulk } from '../../protocol/requests.js'
import { outcomeAmongOthers } from '../connection/outcome.js'
import type { Session } from '../connection/session.js'
import { runOperation } from '../dispatch.js'
import { storeMessages } from '../tables/store-messages.js'
import { inSavepoint } from './transaction.js'

/**
 * Runs the operations of a bulk, each seeing what those before it did.
 *
 * @throws what the first that fails throws; whoever began the transaction undoes the others
 */
export async function runBulk(session: Session, { items }: OperationBulk): Promise<BulkAnswer> {
  return answer(items, async (item) => ({ ok: true, value: await runOperation(session, item) }), session)
}

/** The same, where each that fails leaves nothing behind and the others stand. Only a bulk in which one fails pays for that. */
export async function runBulkApart(session: Session, bulk: OperationBulk): Promise<BulkAnswer> {
  const together = await outcomeAmongOthers(() => inSavepoint(session, () => runBulk(session, bulk)))
  if (together.ok) return together.value
  return answer(
    bulk.items,
    (item) => outcomeAmongOthers(() => inSavepoint(session, () => runOperation(session, item))),
    session,
  )
}

type Single = Exclude<BulkItem, { readonly name: 'storeMessage run' | 'refused' }>

async function answer(
  items: readonly BulkItem[],
  run: (item: Single) => Promise<EachOutcome>,
  session: Session,
): Promise<BulkAnswer> {
  const outcomes: EachOutcome[] = []
  for (const item of items) {
    if (item.name === 'storeMessage run')
      outcomes.push(...(await storeMessages(session, unpackColumns(item.columns))))
    else if (item.name === 'refused') outcomes.push({ ok: false, error: item.error })
    else outcomes.push(await run(item))
  }
  return { outcomes: outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes }
}
