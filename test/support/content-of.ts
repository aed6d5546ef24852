import Database from 'better-sqlite3'
import { expect } from 'vitest'

/** Keys are each file's own. In their place stands what they name, or the row's place among all others. */
const views: { readonly [table: string]: string } = {
  channels: `SELECT channel_id, name, metadata, created_at, last_active, message_count FROM channels ORDER BY channel_key`,
  users: `
    SELECT user_id, display_name, folded_name, metadata, first_seen, last_active, message_count, deleted_at
    FROM users ORDER BY user_id`,
  user_name_suffixes: `SELECT suffix, user_id FROM user_name_suffixes JOIN users USING (user_key) ORDER BY 1, 2`,
  user_profiles: `SELECT user_id, profile, updated_at FROM user_profiles JOIN users USING (user_key) ORDER BY 1`,
  messages: `
    SELECT message_id, channel_id, user_id, content, timestamp, message_type, reply_to_message_id, edited_at, m.metadata
    FROM messages AS m JOIN channels USING (channel_key) JOIN users USING (user_key) ORDER BY message_key`,
  channel_messages: `
    SELECT channel_id, p.timestamp, message_id
    FROM channel_messages AS p JOIN messages USING (message_key) JOIN channels ON channels.channel_key = p.channel_key
    ORDER BY channel_id, p.timestamp, p.message_key`,
  typed_messages: `
    SELECT channel_id, p.message_type, p.timestamp, message_id
    FROM typed_messages AS p JOIN messages USING (message_key) JOIN channels ON channels.channel_key = p.channel_key
    ORDER BY channel_id, p.message_type, p.timestamp, p.message_key`,
  user_messages: `
    SELECT user_id, message_id FROM user_messages AS u JOIN messages USING (message_key) JOIN users ON users.user_key = u.user_key
    ORDER BY u.message_key`,
  conversation_segments: `
    SELECT segment_id, channel_id, start_time, end_time, s.message_count, summary, coherence_score, activity_level, hex(vector),
      s.metadata
    FROM conversation_segments AS s JOIN channels USING (channel_key) ORDER BY segment_key`,
  segment_messages: `
    SELECT segment_id, position, message_id, contribution_score
    FROM segment_messages JOIN conversation_segments USING (segment_key) JOIN messages USING (message_key)
    ORDER BY segment_id, position, segment_messages.message_key`,
  embedding_models: `SELECT model, dimension FROM embedding_models ORDER BY model_key`,
  embeddings: `
    SELECT message_id, segment_id, model, hex(e.vector), e.created_at
    FROM embeddings AS e JOIN embedding_models USING (model_key) LEFT JOIN messages USING (message_key)
    LEFT JOIN conversation_segments AS s ON s.segment_key = e.segment_key ORDER BY embedding_key`,
  message_reactions: `
    SELECT message_id, user_id, reaction, reacted_at, removed_at
    FROM message_reactions JOIN messages USING (message_key) JOIN users ON users.user_key = message_reactions.user_key
    ORDER BY reaction_key`,
  message_versions: `
    SELECT message_id, v.content, v.edited_at, replaced_at FROM message_versions AS v JOIN messages USING (message_key)
    ORDER BY version_key`,
  forgotten_users: `SELECT hex(user_hash), forgotten_at FROM forgotten_users ORDER BY 1`,
  name_folding: `SELECT version FROM name_folding`,
}

/**
 * Of the file alone: keys that were handed out, what was committed last and what changed, what is under way, and indexes by blocks of
 * keys, which `verify` compares.
 */
const ownTables = new Set([
  'block_times',
  'blocked_vectors',
  'changes',
  'committed_batches',
  'deleted_message_keys',
  'embedding_places',
  'history_setting',
  'idempotency_keys',
  'indexed_messages',
  'indexed_words',
  'message_blocks',
  'message_words',
  'pending_embeddings',
  'removed_vectors',
  'segmenting_places',
  'sqlite_sequence',
  'unblocked_vectors',
  'vector_blocks',
  'vector_coding',
])

/** Everything that is in a file, table by table. */
export function contentOf(path: string): { readonly [table: string]: readonly unknown[] } {
  const database = new Database(path, { readonly: true })
  try {
    const selectTables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'`
    const tables = database.prepare<[], string>(selectTables).pluck().all()
    const compared = tables.filter((name) => !ownTables.has(name))
    expect(compared.toSorted()).toEqual(Object.keys(views).toSorted())
    return Object.fromEntries(Object.entries(views).map(([name, sql]) => [name, database.prepare(sql).all()]))
  } finally {
    database.close()
  }
}

/** Expects two files to hold the same, table by table, row by row. */
export function expectEqualContent(original: string, copy: string): void {
  const before = contentOf(original)
  const after = contentOf(copy)
  for (const [table, rows] of Object.entries(before)) {
    const isEqual = JSON.stringify(after[table]) === JSON.stringify(rows)
    // Of a hundred thousand rows, or of a long one, nobody wants to see the difference.
    if (!isEqual && JSON.stringify(rows).length < 1_000_000) expect(after[table], table).toEqual(rows)
    expect(isEqual, table).toBe(true)
  }
}
