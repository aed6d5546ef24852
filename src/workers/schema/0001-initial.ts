/** Integer keys inside, the callers' text ids outside; times are epoch milliseconds, UTC. */
export const initial = `
CREATE TABLE channels (
  channel_key INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id TEXT NOT NULL UNIQUE,
  name TEXT,
  metadata TEXT,
  created_at INTEGER NOT NULL,
  last_active INTEGER,
  message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0)
) STRICT;

-- A deleted user keeps this row, so that their messages stay attributed; deleted_at tells.
CREATE TABLE users (
  user_key INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL UNIQUE,
  display_name TEXT,
  folded_name TEXT,
  metadata TEXT,
  first_seen INTEGER NOT NULL,
  last_active INTEGER,
  message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  deleted_at INTEGER
) STRICT;

-- Every suffix of every folded display name, so that a search inside names is a range of this key.
CREATE TABLE user_name_suffixes (
  suffix TEXT NOT NULL,
  user_key INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (suffix, user_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_name_suffixes_by_user ON user_name_suffixes (user_key);

CREATE TABLE user_profiles (
  user_key INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  profile TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- A key is never used twice, so a cursor never skips a message that came after a deletion: the writer counts on from
-- the greater of the last key here and the last one deleted. (AUTOINCREMENT costs a write to its own table a row.)
CREATE TABLE messages (
  message_key INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  channel_key INTEGER NOT NULL REFERENCES channels ON DELETE CASCADE,
  user_key INTEGER NOT NULL REFERENCES users,
  content TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message_type TEXT NOT NULL,
  reply_to_message_id TEXT,
  edited_at INTEGER,
  metadata TEXT
) STRICT;
CREATE TABLE deleted_message_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_key INTEGER NOT NULL
) STRICT;
INSERT INTO deleted_message_keys (id, last_key) VALUES (1, 0);

-- The row's key is the last column of every index: this is (channel, time, insertion).
CREATE INDEX messages_by_channel ON messages (channel_key, timestamp);

CREATE TABLE conversation_segments (
  segment_key INTEGER PRIMARY KEY AUTOINCREMENT,
  segment_id TEXT NOT NULL UNIQUE,
  channel_key INTEGER NOT NULL REFERENCES channels ON DELETE CASCADE,
  start_time INTEGER NOT NULL,
  end_time INTEGER NOT NULL,
  message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  summary TEXT,
  coherence_score REAL,
  activity_level REAL,
  vector BLOB,
  metadata TEXT,
  CHECK (start_time <= end_time)
) STRICT;
CREATE INDEX conversation_segments_by_channel ON conversation_segments (channel_key, start_time);

-- Clustered by position, which is how members are read; the second key finds a message's segments.
CREATE TABLE segment_messages (
  segment_key INTEGER NOT NULL REFERENCES conversation_segments ON DELETE CASCADE,
  position INTEGER NOT NULL,
  message_key INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  contribution_score REAL,
  PRIMARY KEY (segment_key, position, message_key),
  UNIQUE (message_key, segment_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE embedding_models (
  model_key INTEGER PRIMARY KEY,
  model TEXT NOT NULL UNIQUE,
  dimension INTEGER NOT NULL
) STRICT;

CREATE TABLE embeddings (
  embedding_key INTEGER PRIMARY KEY,
  message_key INTEGER REFERENCES messages ON DELETE CASCADE,
  segment_key INTEGER REFERENCES conversation_segments ON DELETE CASCADE,
  model_key INTEGER NOT NULL REFERENCES embedding_models,
  vector BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  CHECK ((message_key IS NULL) <> (segment_key IS NULL))
) STRICT;
CREATE UNIQUE INDEX embeddings_by_message ON embeddings (message_key, model_key) WHERE message_key IS NOT NULL;
CREATE UNIQUE INDEX embeddings_by_segment ON embeddings (segment_key, model_key) WHERE segment_key IS NOT NULL;

-- Counters and activity follow the rows, whoever changes them: operations, cascades or SQL on a leased connection. Only
-- inserted messages are counted by the writer itself, once a batch; a lease gets a trigger for them.
CREATE TRIGGER messages_delete AFTER DELETE ON messages BEGIN
  UPDATE channels SET message_count = message_count - 1 WHERE channel_key = OLD.channel_key;
  UPDATE users SET message_count = message_count - 1 WHERE user_key = OLD.user_key;
  UPDATE deleted_message_keys SET last_key = max(last_key, OLD.message_key) WHERE id = 1;
END;

CREATE TRIGGER messages_update AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp
BEGIN
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

CREATE TRIGGER segment_messages_insert AFTER INSERT ON segment_messages BEGIN
  UPDATE conversation_segments SET message_count = message_count + 1 WHERE segment_key = NEW.segment_key;
END;

CREATE TRIGGER segment_messages_delete AFTER DELETE ON segment_messages BEGIN
  UPDATE conversation_segments SET message_count = message_count - 1 WHERE segment_key = OLD.segment_key;
END;
`
