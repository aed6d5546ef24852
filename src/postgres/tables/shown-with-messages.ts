import type { ReactionCount } from '../../protocol/history-models.js'
import type { ShownName } from '../../protocol/listing-parameters.js'
import type { ShownFields } from '../../protocol/message-rows.js'
import type { Session } from '../connection/session.js'
import { keyOf, rowOf, type KeyedRow } from '../reading/message-rows.js'

const selectNames = `
  SELECT user_id AS "userId", display_name AS "displayName" FROM users WHERE user_id = ANY ($1::text[])`
// A range of message_reactions_now for each message.
const countReactions = `
  SELECT message_key AS "messageKey", reaction, count(*) AS count FROM message_reactions
  WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) AND removed_at IS NULL
  GROUP BY message_key, reaction ORDER BY message_key, min(reaction_key)`

/** As many kinds are shown with a message. */
const maxShownReactions = 100

/** A call's part that says what comes with each message. */
export interface Asked {
  readonly with?: readonly ShownName[] | undefined
}

/** What comes with each of some messages; undefined where nothing was asked for. */
export async function findShown(
  session: Session,
  rows: readonly KeyedRow[],
  { with: names = [] }: Asked,
): Promise<((row: KeyedRow) => ShownFields) | undefined> {
  if (names.length === 0 || rows.length === 0) return undefined
  const displayNames = names.includes('user') ? await findNames(session, rows) : undefined
  const reactions = names.includes('reactions') ? await findReactions(session, rows) : undefined
  return (row) => ({
    ...(displayNames && { user: { displayName: displayNames.get(row[2]) ?? null } }),
    ...(reactions && { reactions: (reactions.get(keyOf(row)) ?? []).slice(0, maxShownReactions) }),
  })
}

/** The rows as they are answered, with what was asked for behind all else. Where nothing was, they keep their keys, at which nobody looks. */
export async function withShown(
  session: Session,
  rows: readonly KeyedRow[],
  asked: Asked,
): Promise<readonly (readonly unknown[])[]> {
  const shownOf = await findShown(session, rows, asked)
  return shownOf === undefined ? rows : rows.map((row) => [...rowOf(row), shownOf(row)])
}

async function findNames(session: Session, rows: readonly KeyedRow[]): Promise<Map<string, string | null>> {
  const ids = session.ids([...new Set(rows.map((row) => row[2]))])
  const users = await session.all<{ userId: string; displayName: string | null }>(selectNames, [ids])
  return new Map(users.map(({ userId, displayName }) => [userId, displayName]))
}

async function findReactions(
  session: Session,
  rows: readonly KeyedRow[],
): Promise<Map<number, ReactionCount[]>> {
  const channels = session.ids([...new Set(rows.map((row) => row[1]))])
  const counts = await session.all<ReactionCount & { messageKey: number }>(countReactions, [
    rows.map(keyOf),
    channels,
  ])
  const byMessage = new Map<number, ReactionCount[]>()
  for (const { messageKey, reaction, count } of counts) {
    const known = byMessage.get(messageKey)
    if (known === undefined) byMessage.set(messageKey, [{ reaction, count }])
    else known.push({ reaction, count })
  }
  return byMessage
}
