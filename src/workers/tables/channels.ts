import { defaultLimit } from '../../protocol/limits.js'
import type { Order } from '../../protocol/parameters.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { gatherPage } from '../reading/paging.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { isWhole } from '../connection/row-checks.js'

type ChannelRow = NonNullable<WireResult<'getChannel'>>

type KeyedRow = ChannelRow & { readonly channelKey: number }

const columns = `
  channel_key AS channelKey, channel_id AS channelId, name, metadata, created_at AS createdAt, last_active AS lastActive,
  message_count AS messageCount`

const selectKey = `SELECT channel_key AS channelKey FROM main.channels WHERE channel_id = ?`
const selectId = `SELECT channel_id AS channelId FROM main.channels WHERE channel_key = ?`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const checkById = `SELECT 1 FROM channels WHERE channel_id = ? AND ${isWhole('channels')}`
const selectChannel = `SELECT ${columns} FROM channels WHERE channel_id = ?`
// Listed by key, which is the order in which channels came into being.
const selectDescending = `
  SELECT ${columns} FROM channels WHERE channel_key < ? ORDER BY channel_key DESC LIMIT ?`
const selectAscending = `
  SELECT ${columns} FROM channels WHERE channel_key > ? ORDER BY channel_key ASC LIMIT ?`
const insertChannel = `
  INSERT INTO channels (channel_id, name, metadata, created_at, last_active)
  VALUES (:channelId, :name, :metadata, :createdAt, :lastActive)`
const updateChannel = `
  UPDATE channels SET name = :name, metadata = :metadata, created_at = :createdAt, last_active = :lastActive
  WHERE channel_id = :channelId`
const selectActivity = `
  SELECT message_count AS count, last_active AS latest FROM main.channels WHERE channel_key = ?`
// Messages, segments, their members and embeddings go along: a trigger and foreign keys.
const deleteRow = `DELETE FROM channels WHERE channel_id = ?`
const sumCounters = `SELECT coalesce(sum(message_count), 0) AS count FROM main.channels`

/** How many messages some channels have, and when the latest was written. */
export function readActivity(
  connection: ReadConnection,
  channelKeys: readonly number[],
): { messages: number; recentAt: number } {
  let messages = 0
  let recentAt = Number.MIN_SAFE_INTEGER
  for (const key of channelKeys) {
    const indexed = connection.get<{ count: number; latest: number | null }>(selectActivity, [key])
    const unindexed = connection.unindexed.channelActivity(key)
    messages += (indexed?.count ?? 0) + (unindexed?.count ?? 0)
    recentAt = Math.max(recentAt, indexed?.latest ?? recentAt, unindexed?.latest ?? recentAt)
  }
  return { messages, recentAt }
}

export function findChannelId(connection: ReadConnection, channelKey: number): string | undefined {
  return connection.get<{ channelId: string }>(selectId, [channelKey])?.channelId
}

/** Whether what is in that channel is there for whoever asks. */
export function isVisible(connection: ReadConnection, channelKey: number): boolean {
  if (!connection.scope.isHeld) return true
  return connection.scope.has(findChannelId(connection, channelKey) ?? '')
}

export function findChannelKey(connection: ReadConnection, channelId: string): number | undefined {
  if (!connection.scope.has(channelId)) return undefined
  return connection.get<{ channelKey: number }>(selectKey, [channelId])?.channelKey
}

/** The channel's key; a channel comes into being with the first message or segment that names it. @throws FORBIDDEN */
export function ensureChannel(connection: WriteConnection, channelId: string, createdAt: number): number {
  connection.scope.assertHas(channelId)
  const { channelKeys } = connection.memory
  const known = channelKeys.get(channelId)
  if (known !== undefined) return known
  const key =
    findChannelKey(connection, channelId) ??
    connection.insert(insertChannel, { channelId, name: null, metadata: null, createdAt, lastActive: null })
  channelKeys.set(channelId, key)
  return key
}

/** The row as callers see it: with the messages that are not indexed yet. */
function withUnindexed(connection: ReadConnection, { channelKey, ...row }: KeyedRow): ChannelRow {
  const activity = connection.unindexed.channelActivity(channelKey)
  if (activity === undefined) return row
  const { count, latest } = activity
  return {
    ...row,
    messageCount: row.messageCount + count,
    lastActive: Math.max(row.lastActive ?? latest, latest),
  }
}

/** It only moves forward. */
const latest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)

export function upsertChannel(
  connection: WriteConnection,
  { channelId, name, metadata, createdAt, lastActive }: WireParams<'upsertChannel'>,
): ChannelRow {
  connection.scope.assertHas(channelId)
  connection.get(checkById, [channelId])
  const current = getChannel(connection, { channelId })
  const row = {
    channelId,
    name: name === undefined ? (current?.name ?? null) : name,
    metadata: metadata === undefined ? (current?.metadata ?? null) : metadata,
    createdAt: createdAt ?? current?.createdAt ?? Date.now(),
    lastActive: latest(current?.lastActive ?? null, lastActive ?? null),
  }
  // What comes into being by itself is no change that anybody is told of; what a caller makes is (schema/change-rules.ts).
  if (current === undefined) ensureChannel(connection, channelId, row.createdAt)
  connection.run(updateChannel, row)
  return { messageCount: 0, ...current, ...row }
}

export function getChannel(
  connection: ReadConnection,
  { channelId }: WireParams<'getChannel'>,
): ChannelRow | undefined {
  if (!connection.scope.has(channelId)) return undefined
  const row = connection.get<KeyedRow>(selectChannel, [channelId])
  return row && withUnindexed(connection, row)
}

export function listChannels(
  connection: ReadConnection,
  { limit = defaultLimit, order = 'desc', cursor }: WireParams<'listChannels'>,
): WireResult<'listChannels'> | Packed {
  const fromStart = order === 'desc' ? Number.MAX_SAFE_INTEGER : 0
  const from = cursor === undefined ? fromStart : decodeCursor(cursor).key
  const select = order === 'desc' ? selectDescending : selectAscending
  const { rows, last, hasMore } = gatherPage<KeyedRow, ChannelRow>({
    limit,
    find(previous, count) {
      const start = previous?.channelKey ?? from
      if (connection.scope.isHeld) return ownChannels(connection, order, start).slice(0, count)
      return connection.all<KeyedRow>(select, [start, count])
    },
    load: (row) => withUnindexed(connection, row),
    lengthOf: ({ name, metadata }) => (name?.length ?? 0) + (metadata?.length ?? 0),
  })
  const isLast = !hasMore || last === undefined
  return answerItemsPage(rows, isLast ? null : encodeCursor({ value: 0, key: last.channelKey }))
}

/** Each by its id, since there are few; all that lie behind a key. */
function ownChannels(connection: ReadConnection, order: Order, from: number): KeyedRow[] {
  const rows = connection.scope.channelIds.flatMap((id) => connection.all<KeyedRow>(selectChannel, [id]))
  return order === 'desc'
    ? rows.filter(({ channelKey }) => channelKey < from).toSorted((a, b) => b.channelKey - a.channelKey)
    : rows.filter(({ channelKey }) => channelKey > from).toSorted((a, b) => a.channelKey - b.channelKey)
}

export function deleteChannel(
  connection: WriteConnection,
  { channelId }: WireParams<'deleteChannel'>,
): boolean {
  connection.scope.assertHas(channelId)
  const isDeleted = connection.run(deleteRow, [channelId]) > 0
  if (isDeleted) connection.memory.forget()
  return isDeleted
}

/** Messages in one channel, or in all, from the counters. */
export function countFromCounters(connection: ReadConnection, channelId: string | undefined): number {
  if (channelId !== undefined) return getChannel(connection, { channelId })?.messageCount ?? 0
  const indexed = connection.get<{ count: number }>(sumCounters)?.count ?? 0
  return indexed + connection.unindexed.size
}
