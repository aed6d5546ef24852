import { changeRules } from './change-rules.js'
import { historyRules, historyTables } from './history-tables.js'
import { pendingRules } from './pending-rules.js'
import { rules } from './rules.js'
import { vectorRules } from './vector-rules.js'
import { wordTables } from './word-tables.js'

/**
 * Integer keys inside, the callers' text ids outside; times are epoch milliseconds, UTC.
 *
 * - Messages are stored first and indexed later, in sorted bulk: `channel_messages` and `user_messages` find them by channel and by
 *   user, and the counters count them. `indexed_messages` says how far that is; messages with later keys are unindexed, and readers
 *   look at those themselves (docs/decisions/0009-unindexed-messages.md, 0012-messages-by-user.md).
 * - `checksum` covers what callers stored; the writer fills it (docs/decisions/0011-checked-rows.md). `activity_check` covers the
 *   numbers that change with every indexing, in plain SQL, which costs nothing there.
 * - Messages name their channel and their user without foreign keys, whose checks would need indexes in the order of rows; triggers
 *   do their work.
 */
export const initial = `
CREATE TABLE channels (
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
  deleted_at INTEGER,
  checksum INTEGER NOT NULL DEFAULT -1,
  activity_check INTEGER NOT NULL AS (
    message_count * 29791 + coalesce(last_active, -1) * 961 + first_seen * 31 + coalesce(deleted_at, -1)
  ) STORED
) STRICT;

-- Users by their last activity. Who is active was active lately, as a rule, so an entry moves on the index's last pages.
CREATE INDEX users_by_activity ON users (last_active) WHERE deleted_at IS NULL AND last_active IS NOT NULL;

-- Every suffix of every folded display name, so that a search inside names is a range of this key.
CREATE TABLE user_name_suffixes (
  suffix TEXT NOT NULL,
  user_key INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (suffix, user_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_name_suffixes_by_user ON user_name_suffixes (user_key);

-- By which version of foldName the names in the file are folded (src/protocol/fold-name.ts). Whoever opens it for writing with
-- another one folds them anew: docs/decisions/0020-folded-names.md.
CREATE TABLE name_folding (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
) STRICT;
INSERT INTO name_folding (id, version) VALUES (1, '');

CREATE TABLE user_profiles (
  user_key INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  profile TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL DEFAULT -1
) STRICT;

-- Who was forgotten, by a hash of the id: enough to know them again, not to name them.
CREATE TABLE forgotten_users (
  user_hash BLOB PRIMARY KEY,
  forgotten_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A key is never used twice, so a cursor never skips a message that came after a deletion: the writer counts on from
-- the greater of the last key here and the last one deleted. (AUTOINCREMENT costs a write to its own table a row.)
CREATE TABLE messages (
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
-- What answers a message: most messages answer none, and are not in it.
CREATE INDEX messages_by_reply ON messages (reply_to_message_id, channel_key, timestamp)
WHERE reply_to_message_id IS NOT NULL;
CREATE TABLE deleted_message_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_key INTEGER NOT NULL
) STRICT;
INSERT INTO deleted_message_keys (id, last_key) VALUES (1, 0);

-- Messages up to last_key are indexed and counted. A change to an unindexed one is counted in changes, so that readers which
-- remember it look again. Users up to counted_user_key have those up to round_key counted as well, by a round of indexing that is not
-- over (docs/decisions/0062-indexing-in-rounds.md).
CREATE TABLE indexed_messages (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_key INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  round_key INTEGER NOT NULL DEFAULT 0,
  counted_user_key INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO indexed_messages (id, last_key, changes) VALUES (1, 0, 0);

-- A channel's messages in their order: by (time, insertion).
CREATE TABLE channel_messages (
  channel_key INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  PRIMARY KEY (channel_key, timestamp, message_key)
) STRICT, WITHOUT ROWID;

-- A channel's messages of other types than the usual one, in their order.
CREATE TABLE typed_messages (
  channel_key INTEGER NOT NULL,
  message_type TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  PRIMARY KEY (channel_key, message_type, timestamp, message_key)
) STRICT, WITHOUT ROWID;

-- A user's messages in their order, by blocks of 8,192 keys: one order by users alone would touch a page for nearly every message.
CREATE TABLE user_messages (
  block INTEGER NOT NULL,
  user_key INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  channel_key INTEGER NOT NULL,
  PRIMARY KEY (block, user_key, timestamp, message_key)
) STRICT, WITHOUT ROWID;

-- Between which times all indexed messages of a block are, whatever order they were stored in; some of those may be gone.
CREATE TABLE block_times (
  block INTEGER PRIMARY KEY,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL
) STRICT;

${wordTables}${historyTables}
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
  checksum INTEGER NOT NULL DEFAULT -1,
  CHECK (start_time <= end_time)
) STRICT;
CREATE INDEX conversation_segments_by_channel ON conversation_segments (channel_key, start_time);

-- Clustered by position, which is how members are read; the second key finds a message's segments.
CREATE TABLE segment_messages (
  segment_key INTEGER NOT NULL REFERENCES conversation_segments ON DELETE CASCADE,
  position INTEGER NOT NULL,
  message_key INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  contribution_score REAL,
  checksum INTEGER NOT NULL DEFAULT -1,
  PRIMARY KEY (segment_key, position, message_key),
  UNIQUE (message_key, segment_key)
) STRICT, WITHOUT ROWID;

-- How far each strategy of segmenting has come in each channel: up to a place in its order, up to a message's key (later ones may have
-- come behind that place), and up to a change (docs/decisions/0041-segmenting.md). What it has done is in the segments.
CREATE TABLE segmenting_places (
  place_key INTEGER PRIMARY KEY,
  channel_key INTEGER NOT NULL REFERENCES channels ON DELETE CASCADE,
  strategy TEXT NOT NULL,
  step INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  message_key INTEGER NOT NULL,
  last_key INTEGER NOT NULL,
  last_change INTEGER NOT NULL,
  checksum INTEGER NOT NULL DEFAULT -1,
  UNIQUE (channel_key, strategy)
) STRICT;

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
  checksum INTEGER NOT NULL DEFAULT -1,
  CHECK ((message_key IS NULL) <> (segment_key IS NULL))
) STRICT;
CREATE UNIQUE INDEX embeddings_by_message ON embeddings (message_key, model_key) WHERE message_key IS NOT NULL;
CREATE UNIQUE INDEX embeddings_by_segment ON embeddings (segment_key, model_key) WHERE segment_key IS NOT NULL;

-- Vectors side by side, by model and channel, so that a search reads few large values; they follow from the embeddings
-- (docs/decisions/0040-blocks-of-vectors.md). What is large stands last.
CREATE TABLE vector_blocks (
  block_key INTEGER PRIMARY KEY AUTOINCREMENT,
  model_key INTEGER NOT NULL,
  owner TEXT NOT NULL,
  channel_key INTEGER NOT NULL,
  vectors INTEGER NOT NULL,
  version INTEGER NOT NULL,
  codes_checksum INTEGER NOT NULL,
  sketches_checksum INTEGER NOT NULL,
  places_checksum INTEGER NOT NULL,
  places BLOB NOT NULL,
  sketches BLOB NOT NULL,
  codes BLOB NOT NULL
) STRICT;
CREATE INDEX vector_blocks_by_channel ON vector_blocks (model_key, owner, channel_key, vectors, version);

-- In which block a vector is, or that it is in none yet, or still in one that it does not belong to any more.
CREATE TABLE blocked_vectors (
  embedding_key INTEGER PRIMARY KEY,
  block_key INTEGER NOT NULL
) STRICT;
CREATE TABLE unblocked_vectors (
  embedding_key INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE removed_vectors (
  block_key INTEGER NOT NULL,
  embedding_key INTEGER NOT NULL,
  PRIMARY KEY (block_key, embedding_key)
) STRICT, WITHOUT ROWID;
-- By which version of the coding the blocks are written; whoever opens the file for writing with another one starts anew.
CREATE TABLE vector_coding (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
) STRICT;
INSERT INTO vector_coding (id, version) VALUES (1, 0);

-- The last two batches of every thread that sends any, written in their own transaction, so that a lost writer's are known.
CREATE TABLE committed_batches (
  source INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  PRIMARY KEY (source, slot)
) STRICT, WITHOUT ROWID;

-- Requests that were made under a key, in their order, so that the same one again gets the first one's answer
-- (docs/decisions/0034-idempotency-keys.md). What may hold a caller's text is in texts, which go when rows with texts are deleted.
CREATE TABLE idempotency_keys (
  request_key INTEGER PRIMARY KEY,
  key_hash BLOB NOT NULL UNIQUE,
  request_hash BLOB NOT NULL,
  made_at INTEGER NOT NULL,
  bytes_before INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  outcomes BLOB NOT NULL,
  texts BLOB,
  checksum INTEGER NOT NULL DEFAULT -1,
  holds_text INTEGER NOT NULL AS (texts IS NOT NULL)
) STRICT;
CREATE INDEX idempotency_keys_with_texts ON idempotency_keys (holds_text) WHERE holds_text = 1;

-- What changed beside messages that were stored, in the order of the commits (docs/decisions/0033-following-changes.md). A message is
-- stored before all changes whose message_key is its own or a later one. The newest row is never deleted, so no id is used twice.
CREATE TABLE changes (
  change_id INTEGER PRIMARY KEY,
  message_key INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject_key INTEGER,
  subject_id TEXT,
  channel_id TEXT,
  user_key INTEGER,
  transaction_number INTEGER
) STRICT;
CREATE INDEX changes_by_user ON changes (user_key, kind, subject_id) WHERE user_key IS NOT NULL;

${rules}${changeRules}${historyRules}${vectorRules}${pendingRules}`
