import { keptChanges } from '../../protocol/limits.js'

/** The greatest message key given out by now, before which every message is that is stored by now. */
export const lastMessageKey = `max(
      (SELECT coalesce(max(message_key), 0) FROM messages),
      (SELECT last_key FROM deleted_message_keys WHERE id = 1),
      (SELECT last_key FROM indexed_messages WHERE id = 1)
    )`

/** Of the transaction that is under way: the number made up for this opening, and how many transactions it has recorded. */
const transactionNumber = `(SELECT sum(batch) FROM committed_batches WHERE source = 0)`

/** A change of something that is still there; who reads the change looks up what it is called, and what it is by then. */
const note = (kind: string, subjectKey: string): string => `
  INSERT INTO changes (message_key, kind, subject_key)
  VALUES (${lastMessageKey}, '${kind}', ${subjectKey});`

/** Something is gone, or is known by this id no more. In a channel that is gone itself nothing is told by itself. */
const noteGone = (kind: string, id: string, condition = '1'): string => `
  INSERT INTO changes (message_key, kind, subject_id, channel_id)
  SELECT ${lastMessageKey}, '${kind}', ${id}, channel_id
  FROM channels WHERE channel_key = OLD.channel_key AND ${condition};`

/** By the user's key it is found when the user is to be forgotten, whose messages' ids are theirs. */
const noteMessageGone = (owner: 'OLD' | 'NEW', condition: string): string => `
  INSERT INTO changes (message_key, kind, subject_id, channel_id, user_key)
  SELECT max(OLD.message_key, ${lastMessageKey}), 'messageDeleted', OLD.message_id, channel_id, ${owner}.user_key
  FROM channels WHERE channel_key = OLD.channel_key AND ${condition};`

/** Once for a run of changes to one segment in one transaction: a thousand members that come together are one change. */
const noteSegment = (segmentKey: string): string => `
  INSERT INTO changes (message_key, kind, subject_key, transaction_number)
  SELECT ${lastMessageKey}, 'segmentUpdated', segment_key, ${transactionNumber}
  FROM conversation_segments WHERE segment_key = ${segmentKey} AND NOT EXISTS (
    SELECT 1 FROM changes
    WHERE change_id = (SELECT max(change_id) FROM changes) AND subject_key = ${segmentKey}
      AND kind IN ('segmentStored', 'segmentUpdated') AND transaction_number = ${transactionNumber}
  );`

const messageColumns = [
  'message_id',
  'channel_key',
  'user_key',
  'content',
  'timestamp',
  'message_type',
  'reply_to_message_id',
  'edited_at',
  'metadata',
]
const valuesOf = (row: 'OLD' | 'NEW'): string =>
  `(${messageColumns.map((column) => `${row}.${column}`).join(', ')})`

/**
 * What becomes a row of `changes`, whoever makes the change (docs/decisions/0033-following-changes.md). None hangs on the insert of a
 * message, which its key tells of, nor on what follows from messages: counters, activity, channels and users that come with them.
 */
export const changeRules = `
CREATE TRIGGER changes_insert AFTER INSERT ON changes BEGIN
  DELETE FROM changes WHERE change_id <= NEW.change_id - ${keptChanges};
END;

CREATE TRIGGER messages_delete_change AFTER DELETE ON messages BEGIN${noteMessageGone('OLD', "NOT EXISTS (SELECT 1 FROM changes WHERE user_key = OLD.user_key AND kind = 'userForgotten')")}
END;

CREATE TRIGGER messages_update_change AFTER UPDATE OF ${messageColumns.join(', ')} ON messages
WHEN ${valuesOf('OLD')} IS NOT ${valuesOf('NEW')}
BEGIN${noteMessageGone('NEW', '(OLD.channel_key <> NEW.channel_key OR OLD.message_id <> NEW.message_id)')}${note('messageUpdated', 'NEW.message_key')}
END;

-- To whom the message goes its id goes, too.
CREATE TRIGGER messages_owner_change AFTER UPDATE OF user_key ON messages WHEN OLD.user_key <> NEW.user_key BEGIN
  UPDATE changes SET user_key = NEW.user_key
  WHERE user_key = OLD.user_key AND kind = 'messageDeleted' AND subject_id = OLD.message_id;
END;

CREATE TRIGGER channels_insert_change AFTER INSERT ON channels
WHEN NEW.name IS NOT NULL OR NEW.metadata IS NOT NULL
BEGIN${note('channelUpdated', 'NEW.channel_key')}
END;

CREATE TRIGGER channels_update_change AFTER UPDATE OF channel_id, name, metadata, created_at ON channels BEGIN
  INSERT INTO changes (message_key, kind, channel_id)
  SELECT ${lastMessageKey}, 'channelDeleted', OLD.channel_id WHERE OLD.channel_id <> NEW.channel_id;${note('channelUpdated', 'NEW.channel_key')}
END;

CREATE TRIGGER channels_delete_change AFTER DELETE ON channels BEGIN
  INSERT INTO changes (message_key, kind, channel_id)
  VALUES (${lastMessageKey}, 'channelDeleted', OLD.channel_id);
END;

CREATE TRIGGER conversation_segments_insert_change AFTER INSERT ON conversation_segments BEGIN
  INSERT INTO changes (message_key, kind, subject_key, transaction_number)
  VALUES (${lastMessageKey}, 'segmentStored', NEW.segment_key, ${transactionNumber});
END;

CREATE TRIGGER conversation_segments_update_change
AFTER UPDATE OF segment_id, channel_key, start_time, end_time, summary, coherence_score, activity_level, vector, metadata
ON conversation_segments
BEGIN${noteGone('segmentDeleted', 'OLD.segment_id', '(OLD.channel_key <> NEW.channel_key OR OLD.segment_id <> NEW.segment_id)')}${noteSegment('NEW.segment_key')}
END;

CREATE TRIGGER conversation_segments_delete_change AFTER DELETE ON conversation_segments BEGIN${noteGone('segmentDeleted', 'OLD.segment_id')}
END;

CREATE TRIGGER segment_messages_insert_change AFTER INSERT ON segment_messages BEGIN${noteSegment('NEW.segment_key')}
END;

CREATE TRIGGER segment_messages_update_change
AFTER UPDATE OF segment_key, position, message_key, contribution_score ON segment_messages
BEGIN${noteSegment('OLD.segment_key')}${noteSegment('NEW.segment_key')}
END;

CREATE TRIGGER segment_messages_delete_change AFTER DELETE ON segment_messages BEGIN${noteSegment('OLD.segment_key')}
END;

CREATE TRIGGER users_insert_change AFTER INSERT ON users
WHEN NEW.display_name IS NOT NULL OR NEW.metadata IS NOT NULL
BEGIN${note('userUpdated', 'NEW.user_key')}
END;

CREATE TRIGGER users_update_change AFTER UPDATE OF user_id, display_name, metadata ON users
WHEN NEW.deleted_at IS NULL
BEGIN${note('userUpdated', 'NEW.user_key')}
END;

CREATE TRIGGER users_deleted_change AFTER UPDATE OF deleted_at ON users
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN${note('userDeleted', 'NEW.user_key')}
END;

CREATE TRIGGER user_profiles_insert_change AFTER INSERT ON user_profiles BEGIN${note('profileUpdated', 'NEW.user_key')}
END;

CREATE TRIGGER user_profiles_update_change AFTER UPDATE OF user_key, profile, updated_at ON user_profiles BEGIN${note('profileUpdated', 'NEW.user_key')}
END;

CREATE TRIGGER user_profiles_delete_change AFTER DELETE ON user_profiles
WHEN (SELECT deleted_at FROM users WHERE user_key = OLD.user_key) IS NULL
BEGIN${note('profileUpdated', 'OLD.user_key')}
END;
`
