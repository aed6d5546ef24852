import { join } from 'node:path'
import type { Peer } from '../peer.js'
import { createRows } from '../rows.js'
import { openSynchronously, sqliteVersion } from './sqlite.js'

/** What one writes first: text keys, one index for the page query, no counters. */
const schema = `
  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    content TEXT NOT NULL,
    timestamp INTEGER NOT NULL
  );
  CREATE INDEX messages_by_channel ON messages (channel_id, timestamp);
`
const upsert = `
  INSERT INTO messages (message_id, channel_id, user_id, content, timestamp)
  VALUES (:messageId, :channelId, :userId, :content, :timestamp)
  ON CONFLICT (message_id) DO UPDATE SET content = excluded.content, timestamp = excluded.timestamp`

/** better-sqlite3 on the calling thread, one durable commit a message. */
export const sqliteCommitEach: Peer = async ({ folder, rows: count }) => {
  const rows = createRows(count)
  const database = openSynchronously(join(folder, 'bench.db'))
  database.exec(schema)
  const insert = database.prepare(upsert)
  const startMs = performance.now()
  for (const row of rows) insert.run(row)
  const elapsedMs = performance.now() - startMs
  database.close()
  return { items: count, elapsedMs, sqliteVersion: sqliteVersion() }
}
