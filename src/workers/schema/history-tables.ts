import { lastMessageKey } from './change-rules.js'
import { forgetAnswers } from './rules.js'

/** Reactions to messages, those that were taken back among them, and the texts that messages had before. */
export const historyTables = `
CREATE TABLE message_reactions (
  reaction_key INTEGER PRIMARY KEY AUTOINCREMENT,
  message_key INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  user_key INTEGER NOT NULL REFERENCES users,
  reaction TEXT NOT NULL,
  reacted_at INTEGER NOT NULL,
  removed_at INTEGER,
  checksum INTEGER NOT NULL DEFAULT -1
) STRICT;
CREATE UNIQUE INDEX message_reactions_now ON message_reactions (message_key, reaction, user_key) WHERE removed_at IS NULL;
CREATE INDEX message_reactions_by_message ON message_reactions (message_key, reaction_key);
CREATE INDEX message_reactions_by_user ON message_reactions (user_key);

CREATE TABLE message_versions (
  version_key INTEGER PRIMARY KEY AUTOINCREMENT,
  message_key INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  content TEXT NOT NULL,
  edited_at INTEGER,
  replaced_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL DEFAULT -1
) STRICT;
CREATE INDEX message_versions_by_message ON message_versions (message_key, version_key);

-- Whether what is replaced or taken back is kept, whoever does it (docs/decisions/0044-history.md).
CREATE TABLE history_setting (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  is_kept INTEGER NOT NULL
) STRICT;
INSERT INTO history_setting (id, is_kept) VALUES (1, 0);
`

/** To whoever follows the changes a reaction is one of its message. */
const noteReaction = (row: 'OLD' | 'NEW'): string => `
  INSERT INTO changes (message_key, kind, subject_key)
  SELECT ${lastMessageKey}, 'messageUpdated', message_key FROM messages WHERE message_key = ${row}.message_key;`

export const historyRules = `
CREATE TRIGGER messages_keep_version AFTER UPDATE OF content ON messages
WHEN OLD.content <> NEW.content AND (SELECT is_kept FROM history_setting WHERE id = 1) = 1
BEGIN
  INSERT INTO message_versions (message_key, content, edited_at, replaced_at)
  VALUES (OLD.message_key, OLD.content, OLD.edited_at, CAST(unixepoch('subsec') * 1000 AS INTEGER));
END;

CREATE TRIGGER message_versions_forget AFTER DELETE ON message_versions BEGIN
${forgetAnswers}
END;

CREATE TRIGGER message_reactions_forget AFTER DELETE ON message_reactions BEGIN
${forgetAnswers}
END;

CREATE TRIGGER message_reactions_insert_change AFTER INSERT ON message_reactions WHEN NEW.removed_at IS NULL
BEGIN${noteReaction('NEW')}
END;

CREATE TRIGGER message_reactions_update_change AFTER UPDATE OF reaction, removed_at ON message_reactions
BEGIN${noteReaction('NEW')}
END;

CREATE TRIGGER message_reactions_delete_change AFTER DELETE ON message_reactions WHEN OLD.removed_at IS NULL
BEGIN${noteReaction('OLD')}
END;
`
