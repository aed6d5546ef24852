/** Counts NEW in its channel and for its user, who is deleted from then on if `deletedAt` says so. */
const countNew = (deletedAt: string): string => `  UPDATE channels SET
    message_count = message_count + 1,
    last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp)
  WHERE channel_key = NEW.channel_key;
  UPDATE users SET
    message_count = message_count + 1,
    last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp),
    first_seen = iif(deleted_at IS NULL, min(first_seen, NEW.timestamp), NEW.timestamp),
    deleted_at = ${deletedAt}
  WHERE user_key = NEW.user_key;`

/** What is deleted is in no kept answer any more either. */
export const forgetAnswers = `  UPDATE idempotency_keys SET texts = NULL WHERE holds_text = 1;`

/** Adds an unindexed message to a user's counter, or takes it away, where a round of indexing has counted it ahead of others. */
const countAhead = (
  difference: '+ 1' | '- 1',
  row: 'OLD' | 'NEW',
): string => `  UPDATE users SET message_count = message_count ${difference}
  WHERE user_key = ${row}.user_key AND EXISTS (
    SELECT 1 FROM indexed_messages
    WHERE id = 1 AND OLD.message_key <= round_key AND ${row}.user_key <= counted_user_key
  );`

/** What finds OLD in its channel, by its type and by its user. */
const deleteEntries = `  DELETE FROM channel_messages
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
  DELETE FROM typed_messages
  WHERE channel_key = OLD.channel_key AND message_type = OLD.message_type AND timestamp = OLD.timestamp
    AND message_key = OLD.message_key;
  DELETE FROM user_messages
  WHERE block = OLD.message_key >> 13 AND user_key = OLD.user_key AND timestamp = OLD.timestamp
    AND message_key = OLD.message_key;`

/** An unindexed message may have entries already, of a round of indexing that is not over; it gets new ones when it is indexed. */
const dropEntries = `${deleteEntries}
  UPDATE indexed_messages SET changes = changes + 1 WHERE id = 1;`

/**
 * The rules that follow from the rows, whoever changes them: operations, cascades, or SQL on a leased connection. Counters and activity
 * follow messages that are indexed; the writer counts the others when it indexes them. During a write lease temporary triggers
 * say what a borrower may not do (src/workers/lease/write-triggers.ts).
 */
export const rules = `
CREATE TRIGGER messages_delete AFTER DELETE ON messages
WHEN OLD.message_key <= (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
${deleteEntries}
  UPDATE channels SET message_count = message_count - 1 WHERE channel_key = OLD.channel_key;
  UPDATE users SET message_count = message_count - 1 WHERE user_key = OLD.user_key;
  UPDATE deleted_message_keys SET last_key = max(last_key, OLD.message_key) WHERE id = 1;
${forgetAnswers}
END;

-- What was the latest activity stays it, though the indexing will not see this message.
CREATE TRIGGER unindexed_messages_delete AFTER DELETE ON messages
WHEN OLD.message_key > (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
  UPDATE channels SET last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp)
  WHERE channel_key = OLD.channel_key;
  UPDATE users SET
    last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp), first_seen = min(first_seen, OLD.timestamp)
  WHERE user_key = OLD.user_key;
${countAhead('- 1', 'OLD')}
${dropEntries}
  UPDATE deleted_message_keys SET last_key = max(last_key, OLD.message_key) WHERE id = 1;
${forgetAnswers}
END;

CREATE TRIGGER messages_update AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN (OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp)
  AND OLD.message_key <= (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed')
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key)
    OR NOT EXISTS (SELECT 1 FROM users WHERE user_key = NEW.user_key);
  UPDATE channel_messages SET channel_key = NEW.channel_key, timestamp = NEW.timestamp
  WHERE channel_key = OLD.channel_key AND timestamp = OLD.timestamp AND message_key = OLD.message_key;
  UPDATE user_messages SET user_key = NEW.user_key, timestamp = NEW.timestamp, channel_key = NEW.channel_key
  WHERE block = OLD.message_key >> 13 AND user_key = OLD.user_key AND timestamp = OLD.timestamp
    AND message_key = OLD.message_key;
  UPDATE block_times SET earliest = min(earliest, NEW.timestamp), latest = max(latest, NEW.timestamp)
  WHERE block = NEW.message_key >> 13;
  UPDATE channels SET message_count = message_count - 1 WHERE channel_key = OLD.channel_key;
  UPDATE users SET message_count = message_count - 1 WHERE user_key = OLD.user_key;
${countNew('iif(OLD.user_key = NEW.user_key, deleted_at, NULL)')}
END;

CREATE TRIGGER messages_type_update AFTER UPDATE OF channel_key, timestamp, message_type ON messages
WHEN (OLD.channel_key <> NEW.channel_key OR OLD.timestamp <> NEW.timestamp OR OLD.message_type <> NEW.message_type)
  AND OLD.message_key <= (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
  DELETE FROM typed_messages
  WHERE channel_key = OLD.channel_key AND message_type = OLD.message_type AND timestamp = OLD.timestamp
    AND message_key = OLD.message_key;
  INSERT INTO typed_messages (channel_key, message_type, timestamp, message_key)
  SELECT NEW.channel_key, NEW.message_type, NEW.timestamp, NEW.message_key WHERE NEW.message_type <> 'message';
END;

CREATE TRIGGER unindexed_messages_update AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN (OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp)
  AND OLD.message_key > (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed')
  WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key)
    OR NOT EXISTS (SELECT 1 FROM users WHERE user_key = NEW.user_key);
  UPDATE channels SET last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp)
  WHERE channel_key = OLD.channel_key;
  UPDATE users SET
    last_active = max(coalesce(last_active, OLD.timestamp), OLD.timestamp), first_seen = min(first_seen, OLD.timestamp)
  WHERE user_key = OLD.user_key;
${countAhead('- 1', 'OLD')}
${countAhead('+ 1', 'NEW')}
${dropEntries}
END;

CREATE TRIGGER unindexed_messages_type_update AFTER UPDATE OF message_type ON messages
WHEN OLD.message_type <> NEW.message_type
  AND OLD.message_key > (SELECT last_key FROM indexed_messages WHERE id = 1)
BEGIN
${dropEntries}
END;

-- In place of ON DELETE CASCADE: the indexed messages by their places, then the unindexed ones. After the channel itself, so that
-- its deletion is one change, which takes along what is in it.
CREATE TRIGGER channels_delete AFTER DELETE ON channels BEGIN
  DELETE FROM messages
  WHERE message_key IN (SELECT message_key FROM channel_messages WHERE channel_key = OLD.channel_key);
  DELETE FROM messages
  WHERE message_key > (SELECT last_key FROM indexed_messages WHERE id = 1) AND channel_key = OLD.channel_key;
END;

CREATE TRIGGER users_delete BEFORE DELETE ON users WHEN OLD.message_count > 0 BEGIN
  SELECT raise(ABORT, 'FOREIGN KEY constraint failed');
END;

-- As those of messages do.
CREATE TRIGGER channels_forget AFTER DELETE ON channels BEGIN
${forgetAnswers}
END;

CREATE TRIGGER users_forget AFTER DELETE ON users BEGIN
${forgetAnswers}
END;

CREATE TRIGGER user_profiles_forget AFTER DELETE ON user_profiles BEGIN
${forgetAnswers}
END;

CREATE TRIGGER conversation_segments_forget AFTER DELETE ON conversation_segments BEGIN
${forgetAnswers}
END;

-- The number of a segment's members.
CREATE TRIGGER segment_messages_insert AFTER INSERT ON segment_messages BEGIN
  UPDATE conversation_segments SET message_count = message_count + 1 WHERE segment_key = NEW.segment_key;
END;

CREATE TRIGGER segment_messages_delete AFTER DELETE ON segment_messages BEGIN
  UPDATE conversation_segments SET message_count = message_count - 1 WHERE segment_key = OLD.segment_key;
END;
`

/**
 * The rule for messages that a write lease inserts, on its connection alone: none is unindexed then, each is indexed and counted as
 * it comes, with the next key that there is.
 */
export const indexAtOnce = `
  CREATE TEMP TRIGGER convodb_messages_index AFTER INSERT ON main.messages BEGIN
    SELECT raise(ABORT, 'message_key was used before, or skips some: it must be '
      || (1 + (SELECT last_key FROM indexed_messages WHERE id = 1)))
    WHERE NEW.message_key <> 1 + (SELECT last_key FROM indexed_messages WHERE id = 1);
    INSERT INTO channel_messages (channel_key, timestamp, message_key)
    VALUES (NEW.channel_key, NEW.timestamp, NEW.message_key);
    INSERT INTO typed_messages (channel_key, message_type, timestamp, message_key)
    SELECT NEW.channel_key, NEW.message_type, NEW.timestamp, NEW.message_key WHERE NEW.message_type <> 'message';
    INSERT INTO user_messages (block, user_key, timestamp, message_key, channel_key)
    VALUES (NEW.message_key >> 13, NEW.user_key, NEW.timestamp, NEW.message_key, NEW.channel_key);
    INSERT INTO block_times (block, earliest, latest)
    VALUES (NEW.message_key >> 13, NEW.timestamp, NEW.timestamp)
    ON CONFLICT (block) DO UPDATE SET
      earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest);
    UPDATE indexed_messages SET last_key = NEW.message_key WHERE id = 1;
${countNew('NULL')}
  END;`
