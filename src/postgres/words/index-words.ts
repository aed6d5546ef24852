import type { Session } from '../connection/session.js'
import { readTexts } from '../reading/contents.js'
import { awaitNodes } from '../tables/changes.js'
import { saveTerms, type TextToIndex } from '../tables/message-terms.js'
import { noteForIndex, takeEntries, type WordPlace } from '../tables/messages-to-index.js'

// One process indexes at a time.
const tryLock = `SELECT pg_try_advisory_xact_lock(7120) AS taken`
// What is lost with the server was never taken from messages_to_index. And while it does not know how many messages there are, the server would
// rather read all of them than look for a thousand.
const setUp = `SELECT set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true)`
const selectThere = `
  SELECT message_key AS "messageKey", channel_id AS "channelId" FROM messages
  WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`

/** Texts are saved when they are so long together. */
const maxLengthAtOnce = 1024 * 1024

/**
 * Indexes the words of some messages, in a transaction: each is locked, or passed over where somebody changes or deletes it just now, so
 * that this waits for nobody.
 */
export async function indexSomeWords(session: Session): Promise<number | 'none'> {
  if ((await session.get<{ taken: boolean }>(tryLock))?.taken !== true) return 0
  session.send(setUp)
  const places = await takeEntries(session)
  if (places.length === 0) return 'none'
  await awaitNodes(session)
  const seen = new Set<number>()
  let texts: TextToIndex[] = []
  let length = 0
  for await (const text of readTexts(session, places, { lock: true })) {
    seen.add(text.messageKey)
    texts.push(text)
    length += text.content.length
    if (length < maxLengthAtOnce) continue
    await saveTerms(session, texts)
    texts = []
    length = 0
  }
  await saveTerms(session, texts)
  await noteAgain(
    session,
    places.filter(({ messageKey }) => !seen.has(messageKey)),
  )
  return seen.size
}

/** What is not gone was passed over. */
async function noteAgain(session: Session, missing: readonly WordPlace[]): Promise<void> {
  if (missing.length === 0) return
  const there = await session.all<WordPlace>(selectThere, [
    missing.map(({ messageKey }) => messageKey),
    session.ids([...new Set(missing.map(({ channelId }) => channelId))]),
  ])
  noteForIndex(session, there)
}
