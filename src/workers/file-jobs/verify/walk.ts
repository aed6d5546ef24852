import type { Inspection } from './inspection.js'

/** How to walk a table by its first key, an integer. */
export interface WalkSql {
  readonly table: string
  /** Binds a key and a limit: the greatest of the next keys. */
  readonly next: string
  /** The greatest key of all. */
  readonly last: string
}

/** Keys above `after`, up to and with `through`. */
export interface KeyRange {
  readonly after: number
  readonly through: number
}

/** Some tens of milliseconds. */
const defaultRowsInSlice = 5_000

export const messagesByKey: WalkSql = {
  table: 'messages',
  next: `
    SELECT max(message_key) FROM (
      SELECT message_key FROM main.messages WHERE message_key > ? ORDER BY message_key LIMIT ?
    )`,
  last: `SELECT max(message_key) FROM main.messages`,
}
export const channelsByKey: WalkSql = {
  table: 'channels',
  next: `
    SELECT max(channel_key) FROM (
      SELECT channel_key FROM main.channels WHERE channel_key > ? ORDER BY channel_key LIMIT ?
    )`,
  last: `SELECT max(channel_key) FROM main.channels`,
}
export const usersByKey: WalkSql = {
  table: 'users',
  next: `
    SELECT max(user_key) FROM (SELECT user_key FROM main.users WHERE user_key > ? ORDER BY user_key LIMIT ?)`,
  last: `SELECT max(user_key) FROM main.users`,
}
export const profilesByKey: WalkSql = {
  table: 'user_profiles',
  next: `
    SELECT max(user_key) FROM (
      SELECT user_key FROM main.user_profiles WHERE user_key > ? ORDER BY user_key LIMIT ?
    )`,
  last: `SELECT max(user_key) FROM main.user_profiles`,
}
export const segmentsByKey: WalkSql = {
  table: 'conversation_segments',
  next: `
    SELECT max(segment_key) FROM (
      SELECT segment_key FROM main.conversation_segments WHERE segment_key > ? ORDER BY segment_key LIMIT ?
    )`,
  last: `SELECT max(segment_key) FROM main.conversation_segments`,
}
export const membersBySegment: WalkSql = {
  table: 'segment_messages',
  next: `
    SELECT max(segment_key) FROM (
      SELECT segment_key FROM main.segment_messages WHERE segment_key > ? ORDER BY segment_key LIMIT ?
    )`,
  last: `SELECT max(segment_key) FROM main.segment_messages`,
}
export const reactionsByKey: WalkSql = {
  table: 'message_reactions',
  next: `
    SELECT max(reaction_key) FROM (
      SELECT reaction_key FROM main.message_reactions WHERE reaction_key > ? ORDER BY reaction_key LIMIT ?
    )`,
  last: `SELECT max(reaction_key) FROM main.message_reactions`,
}
export const versionsByKey: WalkSql = {
  table: 'message_versions',
  next: `
    SELECT max(version_key) FROM (
      SELECT version_key FROM main.message_versions WHERE version_key > ? ORDER BY version_key LIMIT ?
    )`,
  last: `SELECT max(version_key) FROM main.message_versions`,
}
export const segmentingPlacesByKey: WalkSql = {
  table: 'segmenting_places',
  next: `
    SELECT max(place_key) FROM (
      SELECT place_key FROM main.segmenting_places WHERE place_key > ? ORDER BY place_key LIMIT ?
    )`,
  last: `SELECT max(place_key) FROM main.segmenting_places`,
}
export const embeddingPlacesByKey: WalkSql = {
  table: 'embedding_places',
  next: `
    SELECT max(place_key) FROM (
      SELECT place_key FROM main.embedding_places WHERE place_key > ? ORDER BY place_key LIMIT ?
    )`,
  last: `SELECT max(place_key) FROM main.embedding_places`,
}
export const embeddingsByKey: WalkSql = {
  table: 'embeddings',
  next: `
    SELECT max(embedding_key) FROM (
      SELECT embedding_key FROM main.embeddings WHERE embedding_key > ? ORDER BY embedding_key LIMIT ?
    )`,
  last: `SELECT max(embedding_key) FROM main.embeddings`,
}
export const vectorBlocksByKey: WalkSql = {
  table: 'vector_blocks',
  next: `
    SELECT max(block_key) FROM (
      SELECT block_key FROM main.vector_blocks WHERE block_key > ? ORDER BY block_key LIMIT ?
    )`,
  last: `SELECT max(block_key) FROM main.vector_blocks`,
}
export const wordsByPage: WalkSql = {
  table: 'message_words',
  next: `
    SELECT max(page_key) FROM (
      SELECT page_key FROM main.message_words WHERE page_key > ? ORDER BY page_key LIMIT ?
    )`,
  last: `SELECT max(page_key) FROM main.message_words`,
}
export const requestsByKey: WalkSql = {
  table: 'idempotency_keys',
  next: `
    SELECT max(request_key) FROM (
      SELECT request_key FROM main.idempotency_keys WHERE request_key > ? ORDER BY request_key LIMIT ?
    )`,
  last: `SELECT max(request_key) FROM main.idempotency_keys`,
}

/** Visits a whole table in slices of some thousand rows, or of as many as asked for, until nothing more can be reported. */
export function walk(
  inspection: Inspection,
  sql: WalkSql,
  visit: (range: KeyRange) => void,
  rowsInSlice = defaultRowsInSlice,
): void {
  const { connection } = inspection
  const [last] = connection.column<number | null>(sql.last)
  // Below every key there can be, damaged ones too.
  let after = Number.NEGATIVE_INFINITY
  while (!inspection.hasMoreProblems) {
    const [through] = connection.column<number | null>(sql.next, [after, rowsInSlice])
    if (through == null) return
    if (!(through > after)) {
      // In a damaged tree a walk could go on for ever.
      inspection.report({
        table: sql.table,
        key: String(through),
        message: 'The keys are not in their order',
      })
      return
    }
    visit({ after, through })
    after = through
    inspection.noteShare(last == null || last <= 0 ? 0 : through / last)
    inspection.endSlice()
  }
}
