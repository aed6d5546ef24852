/**
 * The order of a channel's messages in a table of its own, filled in sorted bulk: an index kept row by row dirties a page
 * for nearly every message. `merged_messages` says how far it, and the counters, are filled; messages with later keys
 * are recent, and readers look at those themselves (docs/decisions/0009-recent-messages.md).
 *
 * Messages name their channel without a foreign key, whose check would need the very index that this replaces; triggers
 * do its work. A table is rebuilt to drop one (https://www.sqlite.org/lang_altertable.html#otheralter).
 */
export const messagePlaces = `
CREATE TABLE rebuilt_messages (
  message_key INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  channel_key INTEGER NOT NULL,
  user_key INTEGER NOT NULL REFERENCES users,
  content TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message_type TEXT NOT NULL,
  reply_to_message_id TEXT,
  edited_at INTEGER,
  metadata TEXT
) STRICT;
INSERT INTO rebuilt_messages (
  message_key, message_id, channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata
) SELECT
  message_key, message_id, channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata
FROM messages;
DROP TABLE messages;
ALTER TABLE rebuilt_messages RENAME TO messages;

CREATE TABLE message_places (
  channel_key INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  PRIMARY KEY (channel_key, timestamp, message_key)
) STRICT, WITHOUT ROWID;
INSERT INTO message_places (channel_key, timestamp, message_key)
SELECT channel_key, timestamp, message_key FROM messages ORDER BY channel_key, timestamp, message_key;

-- Messages up to last_key are in message_places and in the counters. A change to a recent one is counted in changes, so
-- that readers which remember it look again.
CREATE TABLE merged_messages (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_key INTEGER NOT NULL,
  changes INTEGER NOT NULL
) STRICT;
INSERT INTO merged_messages (id, last_key, changes)
SELECT 1, coalesce(max(message_key), 0), 0 FROM messages;

CREATE TRIGGER messages_delete AFTER DELETE ON messages
WHEN OLD.message_key <= (SELECT last_key FROM merged_messages WHERE id = 1)
BEGIN
  DELETE FROM message_places
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
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
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key);
  UPDATE message_places SET channel_key = NEW.channel_key, timestamp = NEW.timestamp
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
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
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key);
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
`
