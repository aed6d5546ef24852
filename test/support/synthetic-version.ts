import { migrations } from '../../src/workers/schema/migrate.js'

/**
 * A second version of the schema, as one to come may be: a table is rebuilt, to which others refer; a column, a table and an index
 * are added and filled from what is there. With it the machinery of migrating is tested.
 */
const second = `
CREATE TABLE rebuilt_models (
  model_key INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL UNIQUE,
  maker TEXT,
  dimension INTEGER NOT NULL
) STRICT;
INSERT INTO rebuilt_models (model_key, model, maker, dimension)
SELECT model_key, model, 'of ' || model, dimension FROM embedding_models;
DROP TABLE embedding_models;
-- Triggers name the table, which is not there for a moment (https://www.sqlite.org/lang_altertable.html#otheralter).
PRAGMA legacy_alter_table = ON;
ALTER TABLE rebuilt_models RENAME TO embedding_models;
PRAGMA legacy_alter_table = OFF;
ALTER TABLE users ADD COLUMN language TEXT;
UPDATE users SET language = 'en' WHERE display_name IS NOT NULL;
CREATE TABLE edits (edit_key INTEGER PRIMARY KEY, message_key INTEGER NOT NULL REFERENCES messages, edited_at INTEGER) STRICT;
INSERT INTO edits (message_key, edited_at) SELECT message_key, edited_at FROM messages WHERE edited_at IS NOT NULL;
CREATE INDEX edits_by_message ON edits (message_key);
`

export const withSecondVersion: readonly string[] = [...migrations, second]
