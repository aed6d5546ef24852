import type Database from 'better-sqlite3'
import { messageName, segmentName, userName } from './model.js'

interface NamedRow {
  readonly id: string
  readonly value: string
}

const selectMessages = `
  SELECT message_id AS id, json_array(channel_id, user_id, content, timestamp) AS value
  FROM messages JOIN channels USING (channel_key) JOIN users USING (user_key)`
const selectSegments = `
  SELECT segment_id AS id, json_array(summary, json((
    SELECT json_group_array(message_id ORDER BY position)
    FROM segment_messages JOIN messages USING (message_key)
    WHERE segment_messages.segment_key = conversation_segments.segment_key
  ))) AS value
  FROM conversation_segments`
const selectUsers = `SELECT user_id AS id, json_array(display_name) AS value FROM users`

/** Every row a workload stores, in the model's form; none where there are no tables yet. */
export function readRows(database: Database.Database): Map<string, string> {
  const rows = new Map<string, string>()
  if (database.pragma('user_version', { simple: true }) === 0) return rows
  const read = (sql: string, toName: (id: string) => string) => {
    for (const { id, value } of database.prepare<[], NamedRow>(sql).iterate()) rows.set(toName(id), value)
  }
  read(selectMessages, messageName)
  read(selectSegments, segmentName)
  read(selectUsers, userName)
  return rows
}
