import { isCountedAhead } from '../../tables/indexed-messages.js'
import { lastIndexedKey } from './copies.js'
import type { Check, Inspection } from './inspection.js'
import { channelsByKey, messagesByKey, segmentsByKey, usersByKey, walk } from './walk.js'

// Unindexed messages, with keys beyond the last indexed one, are not in any counter yet.
const addUpChannels = `
  SELECT channel_key AS key, count(*) AS count, max(timestamp) AS latest FROM messages
  WHERE message_key > :after AND message_key <= :through GROUP BY channel_key`
const addUpUsers = `
  SELECT user_key AS key, count(*) AS count, max(timestamp) AS latest FROM messages
  WHERE message_key > :after AND message_key <= :through GROUP BY user_key`
const addUpUsersAhead = `
  SELECT user_key AS key, count(*) AS count, max(timestamp) AS latest FROM messages
  WHERE message_key > :after AND message_key <= :through AND message_key > :lastKey AND ${isCountedAhead} GROUP BY user_key`
const selectChannels = `
  SELECT channel_key AS key, message_count AS count, last_active AS latest FROM channels
  WHERE channel_key > :after AND channel_key <= :through`
const selectUsers = `
  SELECT user_key AS key, message_count AS count, last_active AS latest FROM users
  WHERE user_key > :after AND user_key <= :through`
const wrongSegments = `
  SELECT segments.segment_key AS key FROM conversation_segments AS segments
  WHERE segments.segment_key > :after AND segments.segment_key <= :through AND segments.message_count IS NOT (
    SELECT count(*) FROM segment_messages AS members WHERE members.segment_key = segments.segment_key
  )
  LIMIT :room`

interface Sum {
  readonly key: number
  readonly count: number
  readonly latest: number | null
}

type Sums = Map<number, Sum>

/** Counters against the rows they count, and that no channel's last activity is before its latest message. */
export const counters: Check = {
  name: 'counters',
  snapshot: 'check',
  run(inspection) {
    const { connection } = inspection
    const lastKey = lastIndexedKey(inspection)
    const channelSums: Sums = new Map()
    const userSums: Sums = new Map()
    walk(inspection, messagesByKey, ({ after, through }) => {
      const range = { after, through: Math.min(through, lastKey) }
      for (const sum of connection.all<Sum>(addUpChannels, range)) add(channelSums, sum)
      for (const sum of connection.all<Sum>(addUpUsers, range)) add(userSums, sum)
      for (const sum of connection.all<Sum>(addUpUsersAhead, { after, through, lastKey })) add(userSums, sum)
    })
    walk(inspection, channelsByKey, (range) => {
      for (const channel of connection.all<Sum>(selectChannels, { ...range })) {
        compareCount(inspection, 'channels', channel, channelSums)
        const latest = channelSums.get(channel.key)?.latest ?? null
        if (latest !== null && (channel.latest === null || channel.latest < latest)) {
          const message = 'Its last activity is before its latest message'
          inspection.report({ table: 'channels', key: String(channel.key), message })
        }
      }
    })
    // A user who was deleted and came back is last active when they came back, whatever older messages say.
    walk(inspection, usersByKey, (range) => {
      for (const user of connection.all<Sum>(selectUsers, { ...range })) {
        compareCount(inspection, 'users', user, userSums)
      }
    })
    walk(inspection, segmentsByKey, (range) => {
      const wrong = connection.all<{ key: number }>(wrongSegments, { ...range, room: inspection.room })
      inspection.reportRows('conversation_segments', wrong, 'Its counter is not the number of its members')
    })
  },
}

function add(sums: Sums, { key, count, latest }: Sum): void {
  const before = sums.get(key)
  const later = Math.max(before?.latest ?? Number.NEGATIVE_INFINITY, latest ?? Number.NEGATIVE_INFINITY)
  sums.set(key, { key, count: (before?.count ?? 0) + count, latest: later })
}

function compareCount(inspection: Inspection, table: string, { key, count }: Sum, sums: Sums): void {
  const rows = sums.get(key)?.count ?? 0
  if (count === rows) return
  inspection.report({
    table,
    key: String(key),
    message: `Its counter says ${count}, its messages are ${rows}`,
  })
}
