import { extraColumns } from '../../protocol/message-fields.js'
import type { Connection } from './connection.js'

/** What a table's `checksum` covers. Messages have theirs from the statement that stores them. */
export const checkedColumns = {
  channels: ['channel_id', 'name', 'metadata', 'created_at'],
  users: ['user_id', 'display_name', 'folded_name', 'metadata'],
  user_profiles: ['user_key', 'profile', 'updated_at'],
  conversation_segments: [
    'segment_id',
    'channel_key',
    'start_time',
    'end_time',
    'summary',
    'coherence_score',
    'activity_level',
    'vector',
    'metadata',
  ],
  segment_messages: ['segment_key', 'position', 'message_key', 'contribution_score'],
  message_reactions: ['message_key', 'user_key', 'reaction', 'reacted_at', 'removed_at'],
  message_versions: ['message_key', 'content', 'edited_at', 'replaced_at'],
  segmenting_places: [
    'channel_key',
    'strategy',
    'step',
    'timestamp',
    'message_key',
    'last_key',
    'last_change',
  ],
  embedding_places: ['owner', 'model', 'last_key'],
  embeddings: ['message_key', 'segment_key', 'model_key', 'vector', 'created_at'],
  idempotency_keys: ['key_hash', 'request_hash', 'made_at', 'bytes_before', 'bytes', 'outcomes', 'texts'],
} as const

/** The columns a message's checksum covers, in the order of `messageChecksum`. */
export const checkedMessageColumns: readonly string[] = [
  'channel_key',
  'user_key',
  'content',
  'timestamp',
  ...extraColumns,
]

type CheckedTable = keyof typeof checkedColumns

/** The row's own key, by which a trigger finds it again. */
export const keys: { readonly [Table in CheckedTable]: readonly [string, ...string[]] } = {
  channels: ['channel_key'],
  users: ['user_key'],
  user_profiles: ['user_key'],
  conversation_segments: ['segment_key'],
  segment_messages: ['segment_key', 'position', 'message_key'],
  message_reactions: ['reaction_key'],
  message_versions: ['version_key'],
  segmenting_places: ['place_key'],
  embedding_places: ['place_key'],
  embeddings: ['embedding_key'],
  idempotency_keys: ['request_key'],
}

const isCheckedTable = (table: string): table is CheckedTable => Object.hasOwn(checkedColumns, table)
const checkedTables: readonly CheckedTable[] = Object.keys(checkedColumns).filter(isCheckedTable)

/**
 * Of the row as it is by then: another trigger may have changed it. A temporary trigger is this connection's own, and may
 * call its functions (https://www.sqlite.org/lang_createtrigger.html).
 */
const triggerSql = (event: string, table: string, key: readonly string[], checksum: string): string => `
  CREATE TEMP TRIGGER IF NOT EXISTS ${table}_${event.slice(0, 6).toLowerCase()}_checksum AFTER ${event} ON main.${table}
  BEGIN
    UPDATE ${table} SET checksum = ${checksum} WHERE ${key.map((column) => `${column} = NEW.${column}`).join(' AND ')};
  END`

/** Keeps the checksums of all tables but messages, whoever changes their rows on this connection. */
export function keepChecksums(connection: Connection): void {
  for (const table of checkedTables) {
    const columns = checkedColumns[table]
    const checksum = `row_checksum(${columns.join(', ')})`
    connection.exec(triggerSql('INSERT', table, keys[table], checksum))
    connection.exec(triggerSql(`UPDATE OF ${columns.join(', ')}`, table, keys[table], checksum))
  }
}

const messageTrigger = (event: string): string =>
  triggerSql(event, 'messages', ['message_key'], `message_checksum(${checkedMessageColumns.join(', ')})`)

/** Keeps those of messages too, while SQL that is not ours may store some. */
export function keepMessageChecksums(connection: Connection): void {
  connection.exec(messageTrigger('INSERT'))
  connection.exec(messageTrigger(`UPDATE OF ${checkedMessageColumns.join(', ')}`))
}
