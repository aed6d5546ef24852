/** The Python original's tables: the caller's text ids are the keys everywhere, times are ISO 8601 text. */
export const textKeySchema = `
  CREATE TABLE channels (
    channel_id TEXT PRIMARY KEY,
    name TEXT,
    metadata TEXT,
    created_at TEXT NOT NULL,
    last_active TEXT,
    message_count INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    display_name TEXT,
    metadata TEXT,
    first_seen TEXT NOT NULL,
    last_active TEXT,
    message_count INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channels ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users,
    content TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    message_type TEXT NOT NULL DEFAULT 'message',
    reply_to_message_id TEXT,
    edited_at TEXT,
    metadata TEXT
  );
  CREATE INDEX messages_by_channel ON messages (channel_id, timestamp);
  CREATE INDEX messages_by_user ON messages (user_id, timestamp);
`

export const insertTextKeyMessage = `
  INSERT INTO messages (message_id, channel_id, user_id, content, timestamp) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (message_id) DO NOTHING`
export const insertTextKeyChannel =
  'INSERT INTO channels (channel_id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING'
export const insertTextKeyUser =
  'INSERT INTO users (user_id, first_seen) VALUES (?, ?) ON CONFLICT DO NOTHING'

export const toTextTime = (epochMs: number): string => new Date(epochMs).toISOString()
