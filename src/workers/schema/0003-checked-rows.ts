/**
 * Every row can be checked and every user forgotten (docs/decisions/0011-checked-rows.md, 0012-messages-by-user.md):
 *
 * - `checksum` covers what callers stored; the writer fills it (src/workers/checksums.ts). `activity_check` covers the
 *   numbers that change with every merge, in plain SQL, which costs nothing there.
 * - `user_messages` finds a user's messages. It is filled in sorted bulk like `message_places`, and every entry is appended
 *   to the block of its time: an index ordered by users alone would touch a page for nearly every message.
 * - Messages name their user without a foreign key, like their channel; a user's row could not be deleted otherwise
 *   without reading all messages. Triggers do its work.
 * - `committed_batches` is written in the same transaction as the batches, so that a lost writer's last ones are known.
 *
 * Tables are rebuilt as https://www.sqlite.org/lang_altertable.html#otheralter says.
 */
export const checkedRows = `
CREATE TABLE rebuilt_channels (
  channel_key INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id TEXT NOT NULL UNIQUE,
  name TEXT,
  metadata TEXT,
  created_at INTEGER NOT NULL,
  last_active INTEGER,
  message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  checksum INTEGER NOT NULL DEFAULT -1,
  activity_check INTEGER NOT NULL AS (message_count * 31 + coalesce(last_active, -1)) STORED
) STRICT;
INSERT INTO rebuilt_channels (
  channel_key, channel_id, name, metadata, created_at, last_active, message_count, checksum
) SELECT
  channel_key, channel_id, name, metadata, created_at, last_active, message_count,
  row_checksum(channel_id, name, metadata, created_at)
FROM channels;

CREATE TABLE rebuilt_users (
  user_key INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL UNIQUE,
  display_name TEXT,
  folded_name TEXT,
  metadata TEXT,
  first_seen INTEGER NOT NULL,
  last_active INTEGER,
  message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  deleted_at INTEGER,
  checksum INTEGER NOT NULL DEFAULT -1,
  activity_check INTEGER NOT NULL AS (
    message_count * 29791 + coalesce(last_active, -1) * 961 + first_seen * 31 + coalesce(deleted_at, -1)
  ) STORED
) STRICT;
INSERT INTO rebuilt_users (
  user_key, user_id, display_name, folded_name, metadata, first_seen, last_active, message_count, deleted_at, checksum
) SELECT
  user_key, user_id, display_name, folded_name, metadata, first_seen, last_active, message_count, deleted_at,
  row_checksum(user_id, display_name, folded_name, metadata)
FROM users;

CREATE TABLE rebuilt_messages (
  message_key INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  channel_key INTEGER NOT NULL,
  user_key INTEGER NOT NULL,
  content TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message_type TEXT NOT NULL,
  reply_to_message_id TEXT,
  edited_at INTEGER,
  metadata TEXT,
  checksum INTEGER NOT NULL DEFAULT -1
) STRICT;
INSERT INTO rebuilt_messages (
  message_key, message_id, channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata,
  checksum
) SELECT
  message_key, message_id, channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata,
  message_checksum(
    channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata
  )
FROM messages;

-- AUTOINCREMENT counts on from here.
DELETE FROM sqlite_sequence WHERE name IN ('rebuilt_channels', 'rebuilt_users');
INSERT INTO sqlite_sequence (name, seq)
SELECT 'rebuilt_' || name, seq FROM sqlite_sequence WHERE name IN ('channels', 'users');

DROP TABLE messages;
DROP TABLE channels;
DROP TABLE users;
ALTER TABLE rebuilt_channels RENAME TO channels;
ALTER TABLE rebuilt_users RENAME TO users;
ALTER TABLE rebuilt_messages RENAME TO messages;

ALTER TABLE user_profiles ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1;
UPDATE user_profiles SET checksum = row_checksum(user_key, profile, updated_at);
ALTER TABLE conversation_segments ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1;
UPDATE conversation_segments SET checksum = row_checksum(
  segment_id, channel_key, start_time, end_time, summary, coherence_score, activity_level, vector, metadata
);
ALTER TABLE segment_messages ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1;
UPDATE segment_messages SET checksum = row_checksum(segment_key, position, message_key, contribution_score);
ALTER TABLE embeddings ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1;
UPDATE embeddings SET checksum = row_checksum(message_key, segment_key, model_key, vector, created_at);

-- A block is 8,192 keys.
CREATE TABLE user_messages (
  block INTEGER NOT NULL,
  user_key INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  PRIMARY KEY (block, user_key, message_key)
) STRICT, WITHOUT ROWID;
INSERT INTO user_messages (block, user_key, message_key)
SELECT message_key >> 13, user_key, message_key FROM messages
WHERE message_key <= (SELECT last_key FROM merged_messages WHERE id = 1)
ORDER BY message_key >> 13, user_key, message_key;

-- Who was forgotten, by a hash of the id: enough to know them again, not to name them.
CREATE TABLE forgotten_users (
  user_hash BLOB PRIMARY KEY,
  forgotten_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last two batches of every thread that sends any.
CREATE TABLE committed_batches (
  source INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  PRIMARY KEY (source, slot)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER messages_delete AFTER DELETE ON messages
WHEN OLD.message_key <= (SELECT last_key FROM merged_messages WHERE id = 1)
BEGIN
  DELETE FROM message_places
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
  DELETE FROM user_messages
  WHERE block = OLD.message_key >> 13 AND user_key = OLD.user_key AND message_key = OLD.message_key;
  UPDATE channels SET message_count = message_count - 1 WHERE channel_key = OLD.channel_key;
  UPDATE users SET message_count = message_count - 1 WHERE user_key = OLD.user_key;
  UPDATE deleted_message_keys SET last_key = max(last_key, OLD.message_key) WHERE id = 1;
END;

-- What was the latest activity stays it, though the merge will not see this message.
CREATE TRIGGER recent_messages_delete AFTER DELETE ON messages
WHEN OLD.message_key > (SELECT last_key FROM merged_messages WHERE id = 1)
BEGIN
  UPDATE channels SET last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp)
  WHERE channel_key = OLD.channel_key;
  UPDATE users SET
    last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp), first_seen = min(first_seen, OLD.timestamp)
  WHERE user_key = OLD.user_key;
  UPDATE merged_messages SET changes = changes + 1 WHERE id = 1;
  UPDATE deleted_message_keys SET last_key = max(last_key, OLD.message_key) WHERE id = 1;
END;

CREATE TRIGGER messages_update AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN (OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp)
  AND OLD.message_key <= (SELECT last_key FROM merged_messages WHERE id = 1)
BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed')
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key)
    OR NOT EXISTS (SELECT 1 FROM users WHERE user_key = NEW.user_key);
  UPDATE message_places SET channel_key = NEW.channel_key, timestamp = NEW.timestamp
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
  UPDATE user_messages SET user_key = NEW.user_key
  WHERE block = OLD.message_key >> 13 AND user_key = OLD.user_key AND message_key = OLD.message_key;
  UPDATE channels SET message_count = message_count - 1 WHERE channel_key = OLD.channel_key;
  UPDATE users SET message_count = message_count - 1 WHERE user_key = OLD.user_key;
  UPDATE channels SET
    message_count = message_count + 1,
    last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp)
  WHERE channel_key = NEW.channel_key;
  UPDATE users SET
    message_count = message_count + 1,
    last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp),
    first_seen = iif(deleted_at IS NULL, min(first_seen, NEW.timestamp), NEW.timestamp),
    deleted_at = iif(OLD.user_key = NEW.user_key, deleted_at, NULL)
  WHERE user_key = NEW.user_key;
END;

CREATE TRIGGER recent_messages_update AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN (OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp)
  AND OLD.message_key > (SELECT last_key FROM merged_messages WHERE id = 1)
BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed')
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key)
    OR NOT EXISTS (SELECT 1 FROM users WHERE user_key = NEW.user_key);
  UPDATE channels SET last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp)
  WHERE channel_key = OLD.channel_key;
  UPDATE users SET
    last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp), first_seen = min(first_seen, OLD.timestamp)
  WHERE user_key = OLD.user_key;
  UPDATE merged_messages SET changes = changes + 1 WHERE id = 1;
END;

-- In place of ON DELETE CASCADE: the merged messages by their places, then the recent ones.
CREATE TRIGGER channels_delete BEFORE DELETE ON channels BEGIN
  DELETE FROM messages
  WHERE message_key IN (SELECT message_key FROM message_places WHERE channel_key = OLD.channel_key);
  DELETE FROM messages
  WHERE message_key > (SELECT last_key FROM merged_messages WHERE id = 1) AND channel_key = OLD.channel_key;
END;

CREATE TRIGGER users_delete BEFORE DELETE ON users WHEN OLD.message_count > 0 BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed');
END;
`
