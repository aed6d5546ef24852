import type { Connection } from '../connection/connection.js'

// Temporary triggers are this connection's own, and may call its functions (https://www.sqlite.org/lang_createtrigger.html).
const isIndexed = `OLD.message_key <= (SELECT last_key FROM indexed_words WHERE id = 1)`
const isChanged = `(OLD.channel_key <> NEW.channel_key OR OLD.timestamp <> NEW.timestamp OR OLD.content IS NOT NEW.content)`
const noteOld = `SELECT note_words(OLD.message_key, OLD.channel_key, OLD.content);`
const countChange = `UPDATE indexed_words SET changes = changes + 1 WHERE id = 1; SELECT forget_gathered_words();`
const changeTriggers = `
  CREATE TEMP TRIGGER IF NOT EXISTS messages_delete_words AFTER DELETE ON main.messages
  WHEN ${isIndexed} BEGIN ${noteOld} END;
  CREATE TEMP TRIGGER IF NOT EXISTS messages_delete_unindexed_words AFTER DELETE ON main.messages
  WHEN NOT ${isIndexed} BEGIN ${countChange} END;
  CREATE TEMP TRIGGER IF NOT EXISTS messages_update_words AFTER UPDATE OF channel_key, timestamp, content ON main.messages
  WHEN ${isChanged} AND ${isIndexed} BEGIN ${noteOld} END;
  CREATE TEMP TRIGGER IF NOT EXISTS messages_update_unindexed_words
  AFTER UPDATE OF channel_key, timestamp, content ON main.messages
  WHEN ${isChanged} AND NOT ${isIndexed} BEGIN ${countChange} END;`

/** Has a connection that writes note whose words change; `reindexChangedWords` must be called before it commits. */
export function keepWords(connection: Connection): void {
  connection.defineNote('note_words', (messageKey, channelKey, content) =>
    connection.words.changed.note(Number(messageKey), Number(channelKey), String(content)),
  )
  connection.defineNote('forget_gathered_words', () => connection.memory.gatheredWords.clear())
  connection.exec(changeTriggers)
}
