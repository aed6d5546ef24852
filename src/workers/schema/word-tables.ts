/** The index of words (docs/decisions/0039-words-in-blocks.md). */
export const wordTables = `-- The words of messages up to last_key, by blocks of 8,192 keys and pages of each (src/workers/words/word-page.ts). A change to a
-- message whose words are not in it is counted in changes.
CREATE TABLE indexed_words (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_key INTEGER NOT NULL,
  changes INTEGER NOT NULL
) STRICT;
INSERT INTO indexed_words (id, last_key, changes) VALUES (1, 0, 0);
CREATE TABLE message_words (
  page_key INTEGER PRIMARY KEY,
  words BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

-- Of each block: how many words each message has, a byte a message, and between which times they all are. The version tells readers, which
-- keep lengths in memory, that they have changed.
CREATE TABLE message_blocks (
  block INTEGER PRIMARY KEY,
  messages INTEGER NOT NULL,
  words INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  version INTEGER NOT NULL,
  lengths BLOB NOT NULL
) STRICT;
`
