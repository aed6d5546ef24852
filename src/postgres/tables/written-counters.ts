import type { Sum } from '../connection/counters.js'
import { ofLists, sqlFor } from '../connection/list-rows.js'
import type { Session } from '../connection/session.js'
import { changeOwners } from './changes.js'

// Transactions that lock several rows come to them in the order of their ids. Of channels one after the other: a cluster locks rows of one
// channel at a time.
const lockChannel = `SELECT 1 FROM channels WHERE channel_id = $1 FOR UPDATE`
const addToChannels = (rows: string): string => `
  INSERT INTO channels AS channel (channel_id, created_at, last_active, message_count) ${rows}
  ON CONFLICT (channel_id) DO UPDATE SET
    message_count = channel.message_count + excluded.message_count,
    last_active = greatest(channel.last_active, excluded.last_active)`
const addLists = ofLists(['text', 'bigint', 'bigint', 'bigint'], addToChannels)
// A cluster comes to rows of VALUES in their order; to those of a query in whatever order its nodes do.
const rowsAtOnce = [256, 64, 16, 4, 1] as const
const addRows: ReadonlyMap<number, string> = new Map(
  rowsAtOnce.map((count) => {
    const row = (_: unknown, n: number): string =>
      `($${4 * n + 1}::text, $${4 * n + 2}::bigint, $${4 * n + 3}::bigint, $${4 * n + 4}::bigint)`
    return [count, addToChannels(`VALUES ${Array.from({ length: count }, row).join(', ')}`)]
  }),
)
const takeFromChannels = `
  UPDATE channels SET message_count = message_count - taken.count
  FROM unnest($1::text[], $2::bigint[]) AS taken (channel_id, count)
  WHERE channels.channel_id = taken.channel_id AND channels.channel_id = ANY ($1::text[])`
const lockUsers = `SELECT 1 FROM users WHERE user_id = ANY ($1::text[]) ORDER BY user_id FOR UPDATE`
// The same where some may be new: they take their places in the order, too, and not behind those that are there. It changes nothing of these.
const lockOrAddUsers = ofLists(
  ['text', 'bigint'],
  (rows) => `
  INSERT INTO users AS u (user_id, first_seen) ${rows}
  ON CONFLICT (user_id) DO UPDATE SET message_count = u.message_count`,
)
// A deleted user starts anew with a new message.
const addToUsers = ofLists(
  ['text', 'bigint', 'bigint', 'bigint'],
  (rows) => `
  INSERT INTO users AS u (user_id, first_seen, last_active, message_count) ${rows}
  ON CONFLICT (user_id) DO UPDATE SET
    message_count = u.message_count + excluded.message_count,
    first_seen = CASE WHEN u.deleted_at IS NULL THEN least(u.first_seen, excluded.first_seen) ELSE excluded.first_seen END,
    last_active = greatest(u.last_active, excluded.last_active),
    deleted_at = NULL`,
)
const touchUsers = `
  UPDATE users SET
    last_active = greatest(users.last_active, given.last_active), first_seen = least(users.first_seen, given.first_seen)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS given (user_id, first_seen, last_active)
  WHERE users.user_id = given.user_id`
const takeFromUsers = `
  UPDATE users SET message_count = message_count - taken.count
  FROM unnest($1::text[], $2::bigint[]) AS taken (user_id, count) WHERE users.user_id = taken.user_id`

const compareBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other))
const byBytes = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  compareBytes(one, other)
const byUnits = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1

/** By their UTF-8, which only behind U+D7FF is another order than that of UTF-16. */
function sorted<Value>(values: ReadonlyMap<string, Value>): [string, Value][] {
  const entries = [...values]
  const isPlain = entries.every(([id]) => !/[\ud800-\uffff]/.test(id))
  return entries.toSorted(isPlain ? byUnits : byBytes)
}

/** Writes what this transaction's messages have brought and taken so far; to be called before the commit, and before anybody looks. */
export function writeCounters(session: Session): void {
  const { counters } = session
  if (counters.isEmpty) return
  writeChannels(session)
  writeUsers(session)
  if (counters.owners.size > 0) changeOwners(session, counters.owners)
  counters.clear()
}

function writeChannels(session: Session): void {
  const { channels, channelLosses } = session.counters
  if (channelLosses.size > 0) {
    const all = new Set([...channels.keys(), ...channelLosses.keys()])
    for (const id of [...all].toSorted(compareBytes)) session.send(lockChannel, [session.id(id)])
  }
  if (channels.size > 0) {
    const gains = sorted(channels)
    if (session.isDivided) addByRows(session, gains)
    else
      session.send(addLists.oneServer, [
        session.newIds(gains.map(([id]) => id)),
        gains.map(([, { first }]) => first),
        gains.map(([, { latest }]) => latest),
        gains.map(([, sum]) => sum.count),
      ])
  }
  if (channelLosses.size > 0) session.send(takeFromChannels, lossesOf(session, channelLosses))
}

function addByRows(session: Session, gains: readonly [string, Sum][]): void {
  for (let start = 0; start < gains.length;) {
    const count = rowsAtOnce.find((most) => most <= gains.length - start) ?? 1
    const values = gains
      .slice(start, start + count)
      .flatMap(([id, { first, latest, count: messages }]) => [session.newId(id), first, latest, messages])
    session.send(addRows.get(count) ?? '', values)
    start += count
  }
}

function writeUsers(session: Session): void {
  const { users, touchedUsers, userLosses } = session.counters
  if (touchedUsers.size + userLosses.size > 0) lockAll(session)
  if (users.size > 0) {
    const gains = sorted(users)
    session.send(sqlFor(session, addToUsers), [
      session.newIds(gains.map(([id]) => id)),
      gains.map(([, { earliest }]) => earliest),
      gains.map(([, { latest }]) => latest),
      gains.map(([, sum]) => sum.count),
    ])
  }
  if (touchedUsers.size > 0) {
    const touched = sorted(touchedUsers)
    session.send(touchUsers, [
      session.ids(touched.map(([id]) => id)),
      touched.map(([, { earliest }]) => earliest),
      touched.map(([, { latest }]) => latest),
    ])
  }
  if (userLosses.size > 0) session.send(takeFromUsers, lossesOf(session, userLosses))
}

/** All users that are written in more than one statement. */
function lockAll(session: Session): void {
  const { users, touchedUsers, userLosses } = session.counters
  const all = new Set([...users.keys(), ...touchedUsers.keys(), ...userLosses.keys()])
  if (users.size === 0) return session.send(lockUsers, [session.ids([...all])])
  const inOrder = sorted(new Map([...all].map((id) => [id, users.get(id)?.earliest ?? 0])))
  session.send(sqlFor(session, lockOrAddUsers), [
    session.newIds(inOrder.map(([id]) => id)),
    inOrder.map(([, earliest]) => earliest),
  ])
}

const lossesOf = (session: Session, losses: ReadonlyMap<string, number>) =>
  [session.ids([...losses.keys()]), [...losses.values()]] as const
