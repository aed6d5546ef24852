import type { Session } from '../connection/session.js'
import { awaitNodes, readLastPlace } from '../tables/changes.js'
import { listNumbered } from '../tables/stored-messages.js'
import { findModelKey, type EmbeddingPlace } from './embedding-places.js'

/** So many that have a vector already are passed by in one call: some tens of milliseconds. */
const numbersPerCall = 20_000
/** So many are looked at first, or as many as are asked for; then four times as many each time. */
const firstStep = 256

// By the primary keys (message_key, channel_id) and (message_key, channel_id, model_key).
const selectThere = `/* all nodes */ SELECT message_key AS key FROM messages WHERE message_key = ANY ($1::bigint[])`
const selectEmbedded = `
  /* all nodes */ SELECT message_key AS key FROM message_embeddings WHERE message_key = ANY ($1::bigint[]) AND model_key = $2`
const selectPending = `
  SELECT owner_key AS "ownerKey" FROM pending_embeddings WHERE place_key = $1 AND owner_key = ANY ($2::bigint[])`

/** A message without a vector, which nobody has yet. */
interface FreshMessage {
  readonly key: number
  /** Undefined where this transaction itself has stored it. */
  readonly number: number | undefined
}

interface Fresh {
  readonly messages: readonly FreshMessage[]
  /** How far was looked. */
  readonly through: number
  readonly hasMore: boolean
}

/** The messages behind a place that have no vector of a model and are not known as pending yet, in the order of the commits. */
export async function listFresh(
  session: Session,
  { placeKey, lastNumber }: EmbeddingPlace,
  model: string,
  room: number,
): Promise<Fresh> {
  const { messageKey: end } = await readLastPlace(session)
  await awaitNodes(session)
  const modelKey = await findModelKey(session, model)
  const messages: FreshMessage[] = []
  let [through, step] = [lastNumber, Math.max(room, firstStep)]
  while (through < end && through < lastNumber + numbersPerCall && messages.length < room) {
    const upTo = Math.min(end, lastNumber + numbersPerCall, through + step)
    const numbered = await listNumbered(session, through, upTo)
    const wanted = await keepFresh(
      session,
      placeKey,
      modelKey,
      numbered.map(({ key }) => key),
    )
    through = upTo
    for (const message of numbered) {
      if (!wanted.has(message.key)) continue
      messages.push(message)
      if (messages.length < room) continue
      through = message.number
      break
    }
    step *= 4
  }
  if (through === end) messages.push(...(await listOwn(session, placeKey, modelKey, room - messages.length)))
  return { messages, through, hasMore: through < end }
}

/** What this transaction has stored gets its numbers at the commit. */
async function listOwn(
  session: Session,
  placeKey: number,
  modelKey: number | null,
  room: number,
): Promise<FreshMessage[]> {
  const keys = session.changes.all.flatMap((change) =>
    change.kind === 'messagesStored' ? change.messageKeys : [],
  )
  const wanted = await keepFresh(session, placeKey, modelKey, room > 0 ? keys : [])
  return keys
    .filter((key) => wanted.has(key))
    .slice(0, room)
    .map((key) => ({ key, number: undefined }))
}

async function keepFresh(
  session: Session,
  placeKey: number,
  modelKey: number | null,
  keys: readonly number[],
): Promise<Set<number>> {
  if (keys.length === 0) return new Set()
  const [there, embedded] = await Promise.all([
    session.all<{ key: number }>(selectThere, [keys]),
    session.all<{ key: number }>(selectEmbedded, [keys, modelKey]),
  ])
  const withVector = new Set(embedded.map(({ key }) => key))
  const found = there.map(({ key }) => key).filter((key) => !withVector.has(key))
  const pending = await session.all<{ ownerKey: number }>(selectPending, [placeKey, found])
  const known = new Set(pending.map(({ ownerKey }) => ownerKey))
  return new Set(found.filter((key) => !known.has(key)))
}
