import {
  packBatch,
  unpackBatch,
  type BatchAnswer,
  type BatchItem,
  type BatchOutcome,
} from '../../protocol/batch.js'
import { ConvoDbError, errorCodes } from '../../protocol/errors.js'
import { unpackColumns } from '../../protocol/message-columns.js'
import type { AnyResult, Outcome } from '../../protocol/messages.js'
import type { BulkAnswer, OperationRequest, WriteMessage } from '../../protocol/requests.js'
import { isOfNode } from '../connection/errors.js'
import { outcomeAmongOthers, outcomeOf } from '../connection/outcome.js'
import { Session } from '../connection/session.js'
import { runGroup, runOperation } from '../dispatch.js'
import { storeMessages } from '../tables/store-messages.js'
import { answerOnce } from './answer-once.js'
import { runBulk, runBulkApart } from './bulk.js'
import type { LostNodes } from '../lost-nodes.js'
import { inSavepoint, type Gate } from './transaction.js'
import type { WriterConnection } from './writer-connection.js'

/**
 * Commits the operations of a batch in one transaction and tells each how it ended.
 *
 * They run bare first, since a savepoint for each would cost several times the work. When one fails, everything is
 * rolled back and run again with a savepoint each, so that only the guilty fail and their neighbours stand.
 */
export async function commitBatch(
  writer: WriterConnection,
  items: readonly BatchItem[],
): Promise<BatchAnswer> {
  return writer.lostNodes.areAny ? commitBesideLost(writer, unpackBatch(items)) : commit(writer, items)
}

/** Without those whose node is known to be lost: they would hold up the others. */
async function commitBesideLost(
  writer: WriterConnection,
  messages: readonly WriteMessage[],
): Promise<BatchAnswer> {
  const refusals = await writer.lostNodes.refusalsOf(new Session(await writer.client()), messages)
  const rest = messages.filter((_, index) => refusals[index] === undefined)
  const answer = rest.length === 0 ? [] : await commit(writer, packBatch(rest))
  const answers = typeof answer === 'string' ? rest.map(() => answer) : [...answer]
  return refusals.map((error) =>
    error === undefined ? (answers.shift() ?? unanswered) : { ok: false, error },
  )
}

/** In the place of an answer that did not come. */
export const unanswered: BatchOutcome = {
  ok: false,
  error: new ConvoDbError('INTERNAL', 'An operation of a batch has no answer').toJSON(),
}

async function commit(writer: WriterConnection, items: readonly BatchItem[]): Promise<BatchAnswer> {
  const gate = gateOf(items)
  const together = await outcomeOf(() => writer.transact(gate, (session) => runBare(session, items)))
  if (together.ok) return together.value
  const messages = unpackBatch(items)
  const isLone = messages.length === 1 && messages[0]?.name !== 'bulk' && messages[0]?.name !== 'group'
  if (isLone || concernsTransaction(together)) return messages.map(() => together)
  const oneByOne = await outcomeOf(() =>
    writer.transact(gate, async (session) => {
      const outcomes: BatchOutcome[] = []
      for (const message of messages) outcomes.push(await runApart(session, message, writer.lostNodes))
      return outcomes
    }),
  )
  return oneByOne.ok ? oneByOne.value : messages.map(() => oneByOne)
}

/** Who forgets a user passes the gate alone. */
function gateOf(items: readonly BatchItem[]): Gate {
  const forgets = (message: { readonly name: string }): boolean =>
    message.name === 'forgetUser' || message.name === 'importForgottenUsers'
  return items.some((message) => {
    if (message.name === 'group') return message.operations.some(forgets)
    return message.name === 'bulk' ? message.items.some(forgets) : forgets(message)
  })
    ? 'alone'
    : 'shared'
}

/** Where the server does not answer nobody is to blame; where a node of its does not, those whose channels are there fail alone. */
const concernsTransaction = ({ error }: Extract<Outcome<unknown>, { readonly ok: false }>): boolean =>
  (error.code === 'UNREACHABLE' && !isOfNode(error)) || errorCodes[error.code].concerns !== 'operation'

async function runBare(session: Session, items: readonly BatchItem[]): Promise<BatchAnswer> {
  const outcomes: BatchOutcome[] = []
  for (const item of items) outcomes.push(...(await runItem(session, item)))
  return outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes
}

async function runItem(session: Session, item: BatchItem): Promise<BatchOutcome[]> {
  switch (item.name) {
    case 'storeMessage run':
      return storeMessages(session, unpackColumns(item.columns))
    case 'group':
    case 'bulk':
      return [await runRequest(session, item)]
    default:
      return [{ ok: true, value: await runOperation(session, item) }]
  }
}

/** A group or a bulk, in the channels that it is held to. */
function runRequest(session: Session, request: OperationRequest): Promise<BatchOutcome> {
  const held = session.within(request.withinChannels)
  return answerOnce(held, request, async () => ({
    ok: true,
    value: request.name === 'group' ? await runGroup(held, request) : await runBulk(held, request),
  }))
}

/** What fails alone leaves nothing behind, and its neighbours stand. */
async function runApart(
  session: Session,
  message: WriteMessage,
  lostNodes: LostNodes,
): Promise<BatchOutcome> {
  if (message.name !== 'group' && message.name !== 'bulk')
    return lostNodes.attempt(session, message, () =>
      outcomeAmongOthers(() => inSavepoint(session, () => runOperation(session, message))),
    )
  const held = session.within(message.withinChannels)
  // What is remembered is not undone with a group that failed.
  const run = (): Promise<Outcome<readonly AnyResult[] | BulkAnswer>> =>
    outcomeAmongOthers<readonly AnyResult[] | BulkAnswer>(() =>
      message.name === 'group'
        ? inSavepoint(held, () => runGroup(held, message))
        : runBulkApart(held, message, lostNodes),
    )
  const outcome = await outcomeAmongOthers(() => answerOnce(held, message, run))
  return outcome.ok ? outcome.value : outcome
}
