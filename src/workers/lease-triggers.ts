import { keepMessageChecksums, stopKeepingMessageChecksums } from './checksum-triggers.js'
import type { Connection } from './connection.js'

/** Seen by this connection only, and gone with it (https://www.sqlite.org/lang_createtrigger.html#temp). */
const createTrigger = `
  CREATE TEMP TRIGGER IF NOT EXISTS messages_insert AFTER INSERT ON main.messages BEGIN
    SELECT raise(ABORT, 'FOREIGN KEY constraint failed')
    WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel_key = NEW.channel_key)
      OR NOT EXISTS (SELECT 1 FROM users WHERE user_key = NEW.user_key);
    INSERT INTO message_places (channel_key, timestamp, message_key)
    VALUES (NEW.channel_key, NEW.timestamp, NEW.message_key);
    INSERT INTO user_messages (block, user_key, message_key)
    VALUES (NEW.message_key >> 13, NEW.user_key, NEW.message_key);
    UPDATE merged_messages SET last_key = max(last_key, NEW.message_key) WHERE id = 1;
    UPDATE channels SET
      message_count = message_count + 1,
      last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp)
    WHERE channel_key = NEW.channel_key;
    UPDATE users SET
      message_count = message_count + 1,
      last_active = max(coalesce(last_active, NEW.timestamp), NEW.timestamp),
      first_seen = iif(deleted_at IS NULL, min(first_seen, NEW.timestamp), NEW.timestamp),
      deleted_at = NULL
    WHERE user_key = NEW.user_key;
  END`

/** While a borrower writes SQL of its own, messages it inserts are merged row by row; there are no recent ones then. */
export function mergeInsertedMessages(connection: Connection): void {
  connection.exec(createTrigger)
  keepMessageChecksums(connection)
}

/** Batches merge by themselves. */
export function stopMergingInsertedMessages(connection: Connection): void {
  connection.exec('DROP TRIGGER IF EXISTS temp.messages_insert')
  stopKeepingMessageChecksums(connection)
}
