import type { CheckpointResult, ReleasedSpace, RowCounts } from '../../protocol/models.js'
import type { WireParams } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { Deadline } from '../connection/deadline.js'
import { dropDamagedBlocks } from './vector-coding.js'
import { pause } from '../connection/deadline.js'

// Messages and members are summed from their owners' counters; the rest is counted over each table's narrowest index.
const countAll = `
  SELECT
    (SELECT count(*) FROM main.channels) AS channels,
    (SELECT coalesce(sum(message_count), 0) FROM main.channels) AS messages,
    (SELECT count(*) FROM main.embeddings) AS embeddings,
    (SELECT count(*) FROM main.users WHERE deleted_at IS NULL) AS users,
    (SELECT count(*) FROM main.user_profiles) AS userProfiles,
    (SELECT count(*) FROM main.conversation_segments) AS conversationSegments,
    (SELECT coalesce(sum(message_count), 0) FROM main.conversation_segments) AS segmentMessages`

// PRAGMA takes no parameters, so each mode is spelled out (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
const checkpointSql = {
  passive: 'PRAGMA wal_checkpoint(PASSIVE)',
  full: 'PRAGMA wal_checkpoint(FULL)',
  restart: 'PRAGMA wal_checkpoint(RESTART)',
  truncate: 'PRAGMA wal_checkpoint(TRUNCATE)',
} as const

const noRows: RowCounts = {
  channels: 0,
  messages: 0,
  embeddings: 0,
  users: 0,
  userProfiles: 0,
  conversationSegments: 0,
  segmentMessages: 0,
}

export function countRows(connection: ReadConnection): RowCounts {
  const counts = connection.get<RowCounts>(countAll) ?? noRows
  return { ...counts, messages: counts.messages + connection.unindexed.size }
}

interface Checkpointed {
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

/** Between two looks whether another connection's checkpoint is over. */
const pauseMs = 5

const busyTimeoutMs = (connection: WriteConnection): number =>
  connection.get<{ timeout: number }>('PRAGMA busy_timeout')?.timeout ?? 0

/**
 * All modes but `passive` wait: for readers SQLite does so itself, for another connection's checkpoint, such as our own thread's, it
 * does not, and says -1 frames at once (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html).
 */
export function checkpoint(
  connection: WriteConnection,
  { mode = 'passive' }: WireParams<'checkpoint'>,
): CheckpointResult {
  const deadline = new Deadline(mode === 'passive' ? 0 : busyTimeoutMs(connection))
  for (;;) {
    const row = connection.get<Checkpointed>(checkpointSql[mode])
    if (row !== undefined && (row.log >= 0 || deadline.restMs === 0)) {
      const [walFrames, checkpointedFrames] = [Math.max(0, row.log), Math.max(0, row.checkpointed)]
      return { busy: row.busy !== 0, walFrames, checkpointedFrames }
    }
    pause(pauseMs)
  }
}

/** One slice releases for so long; its commit comes on top. */
const releaseMs = 15
const vacuumStep = 'PRAGMA incremental_vacuum(32)'
const selectFreeBytes = `SELECT freelist_count * page_size AS freeBytes FROM pragma_freelist_count, pragma_page_size`

/**
 * Gives free pages at the file's end back to the file system, for some 15 ms. A file that has no room for them in its
 * bookkeeping, since another program wrote it, keeps them for what is stored next.
 */
export function releaseSpace(connection: WriteConnection): ReleasedSpace {
  const free = (): number => connection.get<{ freeBytes: number }>(selectFreeBytes)?.freeBytes ?? 0
  const deadlineMs = performance.now() + releaseMs
  const before = free()
  let after = before
  let released = before > 0
  connection.run('BEGIN IMMEDIATE')
  try {
    while (released && after > 0 && performance.now() < deadlineMs) {
      connection.exec(vacuumStep)
      const left = free()
      released = left < after
      after = left
    }
    connection.run('COMMIT')
  } finally {
    if (connection.inTransaction) connection.run('ROLLBACK')
  }
  return { releasedBytes: before - after, hasMore: released && after > 0 }
}

/** https://www.sqlite.org/pragma.html#pragma_optimize; and what is damaged of blocks of vectors is made anew. */
export function optimize(connection: WriteConnection): void {
  connection.run('BEGIN IMMEDIATE')
  try {
    dropDamagedBlocks(connection)
    connection.run('COMMIT')
  } finally {
    if (connection.inTransaction) connection.run('ROLLBACK')
  }
  connection.run('PRAGMA optimize')
}
