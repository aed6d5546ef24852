import type { PythonTable } from '../../protocol/python-database.js'

/** Other people's tables, whose columns vary by version: all are read, and by name. Rows come in the order in which they were stored. */
export const selectRows: { readonly [Table in PythonTable]: string } = {
  channels: 'SELECT * FROM channels ORDER BY rowid',
  messages: 'SELECT * FROM messages ORDER BY rowid',
  users: 'SELECT * FROM users ORDER BY rowid',
  user_profiles: 'SELECT * FROM user_profiles ORDER BY updated_at, rowid',
  conversation_segments: 'SELECT * FROM conversation_segments ORDER BY rowid',
  segment_messages: 'SELECT * FROM segment_messages ORDER BY segment_id, position_in_segment, rowid',
  embeddings: 'SELECT * FROM embeddings ORDER BY rowid',
}
