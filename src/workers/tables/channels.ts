import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection.js'
import { decodeCursor, encodeCursor } from '../cursor.js'
import type { Activity } from '../writer-memory.js'

type ChannelRow = NonNullable<WireResult<'getChannel'>>

const columns = `
  channel_id AS channelId, name, metadata, created_at AS createdAt, last_active AS lastActive,
  message_count AS messageCount`

const selectKey = `SELECT channel_key AS channelKey FROM channels WHERE channel_id = ?`
const selectChannel = `SELECT ${columns} FROM channels WHERE channel_id = ?`
// Listed by key, which is the order in which channels came into being.
const selectDescending = `
  SELECT ${columns} FROM channels WHERE channel_key < ? ORDER BY channel_key DESC LIMIT ?`
const selectAscending = `
  SELECT ${columns} FROM channels WHERE channel_key > ? ORDER BY channel_key ASC LIMIT ?`
const insertChannel = `
  INSERT INTO channels (channel_id, name, metadata, created_at)
  VALUES (:channelId, :name, :metadata, :createdAt)`
const updateChannel = `
  UPDATE channels SET name = :name, metadata = :metadata, created_at = :createdAt WHERE channel_id = :channelId`
// Messages, segments, their members and embeddings go along: foreign keys cascade.
const deleteRow = `DELETE FROM channels WHERE channel_id = ?`
const selectCounter = `SELECT message_count AS count FROM channels WHERE channel_id = ?`
const sumCounters = `SELECT coalesce(sum(message_count), 0) AS count FROM channels`

const addActivity = `
  UPDATE channels SET
    message_count = message_count + :count, last_active = max(coalesce(last_active, :latest), :latest)
  WHERE channel_key = :channelKey`

export function findChannelKey(connection: ReadConnection, channelId: string): number | undefined {
  return connection.get<{ channelKey: number }>(selectKey, [channelId])?.channelKey
}

/** The channel's key; a channel comes into being with the first message or segment that names it. */
export function ensureChannel(connection: WriteConnection, channelId: string, createdAt: number): number {
  const { channelKeys } = connection.memory
  const known = channelKeys.get(channelId)
  if (known !== undefined) return known
  const key =
    findChannelKey(connection, channelId) ??
    connection.insert(insertChannel, { channelId, name: null, metadata: null, createdAt })
  channelKeys.set(channelId, key)
  return key
}

export function addChannelActivity(
  connection: WriteConnection,
  channelKey: number,
  { count, latest }: Activity,
): void {
  connection.run(addActivity, { channelKey, count, latest })
}

export function upsertChannel(
  connection: WriteConnection,
  { channelId, name, metadata, createdAt }: WireParams<'upsertChannel'>,
): ChannelRow {
  const current = getChannel(connection, { channelId })
  const row = {
    channelId,
    name: name === undefined ? (current?.name ?? null) : name,
    metadata: metadata === undefined ? (current?.metadata ?? null) : metadata,
    createdAt: createdAt ?? current?.createdAt ?? Date.now(),
  }
  if (current === undefined) {
    connection.insert(insertChannel, row)
    return { ...row, lastActive: null, messageCount: 0 }
  }
  connection.run(updateChannel, row)
  return { ...current, ...row }
}

export function getChannel(
  connection: ReadConnection,
  { channelId }: WireParams<'getChannel'>,
): ChannelRow | undefined {
  return connection.get<ChannelRow>(selectChannel, [channelId])
}

export function listChannels(
  connection: ReadConnection,
  { limit = defaultLimit, order = 'desc', cursor }: WireParams<'listChannels'>,
): WireResult<'listChannels'> {
  const fromStart = order === 'desc' ? Number.MAX_SAFE_INTEGER : 0
  const from = cursor === undefined ? fromStart : decodeCursor(cursor).key
  const rows = connection.all<ChannelRow>(order === 'desc' ? selectDescending : selectAscending, [
    from,
    limit + 1,
  ])
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  const key = findChannelKey(connection, last.channelId)
  return { items, nextCursor: key === undefined ? null : encodeCursor({ value: 0, key }) }
}

export function deleteChannel(
  connection: WriteConnection,
  { channelId }: WireParams<'deleteChannel'>,
): boolean {
  const isDeleted = connection.run(deleteRow, [channelId]) > 0
  if (isDeleted) connection.memory.forget()
  return isDeleted
}

/** Messages in one channel, or in all, from the counters. */
export function countFromCounters(connection: ReadConnection, channelId: string | undefined): number {
  const row =
    channelId === undefined
      ? connection.get<{ count: number }>(sumCounters)
      : connection.get<{ count: number }>(selectCounter, [channelId])
  return row?.count ?? 0
}
