import { maxIdLength } from '../../protocol/limits.js'
import { keepChecksums, keepMessageChecksums } from '../connection/checksum-triggers.js'
import type { Connection } from '../connection/connection.js'
import { lastMessageKey } from '../schema/change-rules.js'
import { indexAtOnce } from '../schema/rules.js'
import { keepWords } from '../words/keep-words.js'
import { hashOfUser } from '../tables/forgotten-users.js'
import { foldName } from '../../protocol/fold-name.js'
import { suffixesOf } from '../tables/user-name-suffixes.js'

// What keeps the file whole while SQL of a borrower's own writes it. All of it is seen by the lease's connection only, and
// gone with it (https://www.sqlite.org/lang_createtrigger.html#temp_triggers).

/** Times that a JavaScript Date can hold (ECMA-262, 21.4.1.1), and keys that it can count beyond. */
const maxTime = 8_640_000_000_000_000
const maxKey = 2 ** 52

/** What must be true of one column of a row, and how to say that it is not. */
type Rule = readonly [column: string, condition: string, demand: string]

/** SQLite counts the characters of a text as far as its first U+0000, and its bytes all; a character of UTF-16 has 3 at most. */
const idRule = (column: string): Rule => [
  column,
  `typeof(NEW.${column}) = 'text' AND length(NEW.${column}) <= ${maxIdLength}
    AND octet_length(NEW.${column}) BETWEEN 1 AND ${3 * maxIdLength}`,
  `${column} must have 1 to ${maxIdLength} characters`,
]
const timeRule = (column: string): Rule => [
  column,
  `NEW.${column} IS NULL OR NEW.${column} BETWEEN -${maxTime} AND ${maxTime}`,
  `${column} must be epoch milliseconds that a Date can hold`,
]
const keyRule = (column: string): Rule => [
  column,
  `NEW.${column} BETWEEN 1 AND ${maxKey}`,
  `${column} must be between 1 and ${maxKey}`,
]
const jsonRule = (column: string): Rule => [
  column,
  `NEW.${column} IS NULL OR iif(json_valid(NEW.${column}), json_type(NEW.${column}), '') = 'object'`,
  `${column} must be the text of a JSON object`,
]

const rules: { readonly [table: string]: readonly Rule[] } = {
  channels: [
    keyRule('channel_key'),
    idRule('channel_id'),
    timeRule('created_at'),
    timeRule('last_active'),
    jsonRule('metadata'),
  ],
  users: [
    keyRule('user_key'),
    idRule('user_id'),
    timeRule('first_seen'),
    timeRule('last_active'),
    jsonRule('metadata'),
    [
      'user_id',
      'NOT EXISTS (SELECT 1 FROM main.forgotten_users WHERE user_hash = hash_of_user(NEW.user_id))',
      'the user was forgotten; forgetUser with mayReturn lifts that',
    ],
  ],
  user_profiles: [jsonRule('profile'), timeRule('updated_at')],
  messages: [
    idRule('message_id'),
    timeRule('timestamp'),
    timeRule('edited_at'),
    jsonRule('metadata'),
    [
      'channel_key',
      'EXISTS (SELECT 1 FROM main.channels WHERE channel_key = NEW.channel_key)',
      'channel_key names no channel',
    ],
    ['user_key', 'EXISTS (SELECT 1 FROM main.users WHERE user_key = NEW.user_key)', 'user_key names no user'],
  ],
  conversation_segments: [
    keyRule('segment_key'),
    idRule('segment_id'),
    timeRule('start_time'),
    timeRule('end_time'),
    jsonRule('metadata'),
    [
      'vector',
      'NEW.vector IS NULL OR (length(NEW.vector) > 0 AND length(NEW.vector) % 4 = 0)',
      'vector must be little-endian float32, not empty',
    ],
  ],
  segment_messages: [
    [
      'position',
      `NEW.position BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`,
      `position must be between 0 and ${Number.MAX_SAFE_INTEGER}`,
    ],
    [
      'segment_key, message_key',
      `(SELECT channel_key FROM main.messages WHERE message_key = NEW.message_key)
        IS (SELECT channel_key FROM main.conversation_segments WHERE segment_key = NEW.segment_key)`,
      "the message must be of the segment's channel",
    ],
  ],
  embedding_models: [idRule('model'), ['dimension', 'NEW.dimension > 0', 'dimension must be positive']],
  embeddings: [
    keyRule('embedding_key'),
    timeRule('created_at'),
    [
      'vector, model_key',
      'length(NEW.vector) = 4 * (SELECT dimension FROM main.embedding_models WHERE model_key = NEW.model_key)',
      "vector must be little-endian float32, as many as the model's dimension",
    ],
  ],
}

/** These change below every message; what they are set to by hand is checked with what else must be true of them. */
const activityColumns: ReadonlySet<string> = new Set(['last_active', 'first_seen'])

/** RAISE(ABORT) undoes the one statement and leaves the transaction. */
const demand = (condition: string, message: string): string =>
  `SELECT raise(ABORT, '${message.replaceAll("'", "''")}') WHERE NOT coalesce(${condition}, 0);`

const ruleTriggers = Object.entries(rules).flatMap(([table, list]) => {
  const demands = list.map(([, condition, message]) => demand(condition, message)).join('\n    ')
  const columns = list.map(([column]) => column).filter((column) => !activityColumns.has(column))
  return [
    ['insert', 'INSERT'],
    ['update', `UPDATE OF ${[...new Set(columns)].join(', ')}`],
  ].map(
    ([name, event]) => `
  CREATE TEMP TRIGGER convodb_${table}_${name}_rules AFTER ${event} ON main.${table} BEGIN
    ${demands}
  END;`,
  )
})

/** Keys are what rows refer to by number, often without a foreign key. */
const keyTriggers = [
  ['channels', 'channel_key'],
  ['users', 'user_key'],
  ['messages', 'message_key'],
  ['conversation_segments', 'segment_key'],
  ['embedding_models', 'model_key'],
  ['embedding_models', 'dimension'],
].map(
  ([table, column]) => `
  CREATE TEMP TRIGGER convodb_${table}_${column}_stays BEFORE UPDATE OF ${column} ON main.${table}
  WHEN NEW.${column} IS NOT OLD.${column}
  BEGIN SELECT raise(ABORT, '${column} can not be changed'); END;`,
)

/**
 * Counters change below a statement that stores, moves or deletes what they count; `convodb_lease` tells that one is under
 * way. By itself nobody sets them.
 */
const countedTriggers = ['messages', 'segment_messages'].flatMap((table) =>
  ['INSERT', 'UPDATE', 'DELETE'].map(
    (event) => `
  CREATE TEMP TRIGGER convodb_${table}_${event.toLowerCase()}_counts BEFORE ${event} ON main.${table} BEGIN
    UPDATE convodb_lease SET is_counting = 1 WHERE is_counting = 0;
  END;`,
  ),
)
const counterTriggers = ['channels', 'users', 'conversation_segments'].map(
  (table) => `
  CREATE TEMP TRIGGER convodb_${table}_count_stays BEFORE UPDATE OF message_count ON main.${table}
  WHEN NEW.message_count <> OLD.message_count AND (SELECT is_counting FROM convodb_lease) = 0
  BEGIN SELECT raise(ABORT, 'message_count counts rows; it can not be set'); END;
  CREATE TEMP TRIGGER convodb_${table}_count_starts AFTER INSERT ON main.${table} WHEN NEW.message_count <> 0
  BEGIN SELECT raise(ABORT, 'message_count counts rows; it starts with 0'); END;`,
)

const otherTriggers = `
  CREATE TEMP TRIGGER convodb_channels_activity BEFORE UPDATE OF last_active ON main.channels
  WHEN coalesce(NEW.last_active < OLD.last_active, OLD.last_active IS NOT NULL AND NEW.last_active IS NULL)
    OR NEW.last_active > ${maxTime}
  BEGIN SELECT raise(ABORT, 'last_active only moves forward, as far as a Date can hold'); END;

  CREATE TEMP TRIGGER convodb_users_activity BEFORE UPDATE OF last_active, first_seen ON main.users
  WHEN abs(coalesce(NEW.last_active, 0)) > ${maxTime} OR abs(NEW.first_seen) > ${maxTime}
  BEGIN SELECT raise(ABORT, 'last_active and first_seen must be epoch milliseconds that a Date can hold'); END;

  CREATE TEMP TRIGGER convodb_messages_channel BEFORE UPDATE OF channel_key ON main.messages
  WHEN NEW.channel_key <> OLD.channel_key
    AND EXISTS (SELECT 1 FROM main.segment_messages WHERE message_key = OLD.message_key)
  BEGIN SELECT raise(ABORT, 'the message is in a segment, so it can not change channels'); END;

  CREATE TEMP TRIGGER convodb_segments_channel BEFORE UPDATE OF channel_key ON main.conversation_segments
  WHEN NEW.channel_key <> OLD.channel_key
    AND EXISTS (SELECT 1 FROM main.segment_messages WHERE segment_key = OLD.segment_key)
  BEGIN SELECT raise(ABORT, 'the segment has members, so it can not change channels'); END;

  CREATE TEMP TRIGGER convodb_members_moved AFTER UPDATE OF segment_key ON main.segment_messages
  WHEN NEW.segment_key <> OLD.segment_key
  BEGIN
    UPDATE conversation_segments SET message_count = message_count - 1 WHERE segment_key = OLD.segment_key;
    UPDATE conversation_segments SET message_count = message_count + 1 WHERE segment_key = NEW.segment_key;
  END;`

/**
 * What comes into being bare comes with a message, which tells of it; that SQL of the borrower's brings it, only this lease knows. Nor does
 * a row of a user that is deleted leave an id by which one could be told whose it was.
 */
const changeTriggers = [
  ...[
    ['channels', 'channelUpdated', 'channel_key', 'name'],
    ['users', 'userUpdated', 'user_key', 'display_name'],
  ].map(
    ([table, kind, key, name]) => `
  CREATE TEMP TRIGGER convodb_${table}_insert_change AFTER INSERT ON main.${table}
  WHEN NEW.${name} IS NULL AND NEW.metadata IS NULL AND (SELECT is_sql FROM convodb_lease) = 1
  BEGIN
    INSERT INTO changes (message_key, kind, subject_key) VALUES (${lastMessageKey}, '${kind}', NEW.${key});
  END;`,
  ),
  `
  CREATE TEMP TRIGGER convodb_users_delete_change AFTER DELETE ON main.users
  WHEN NOT EXISTS (SELECT 1 FROM changes WHERE user_key = OLD.user_key AND kind = 'userForgotten')
  BEGIN
    INSERT INTO changes (message_key, kind, subject_id, user_key)
    VALUES (${lastMessageKey}, 'userForgotten', lower(hex(hash_of_user(OLD.user_id))), OLD.user_key);
  END;`,
]

/** The search finds a user by the name they have now. */
const nameTriggers = ['INSERT', 'UPDATE OF display_name, folded_name'].map(
  (event) => `
  CREATE TEMP TRIGGER convodb_users_${event.slice(0, 6).toLowerCase()}_name AFTER ${event} ON main.users BEGIN
    UPDATE users SET folded_name = fold_name(NEW.display_name)
    WHERE user_key = NEW.user_key AND folded_name IS NOT fold_name(NEW.display_name);
    DELETE FROM user_name_suffixes WHERE user_key = NEW.user_key;
    INSERT OR IGNORE INTO user_name_suffixes (suffix, user_key)
    SELECT value, NEW.user_key FROM json_each(suffixes_of_name(NEW.display_name));
  END;`,
)

/** To be called inside the lease's transaction, when everything is indexed. */
export function createWriteTriggers(connection: Connection): void {
  connection.define('fold_name', (name) => (typeof name === 'string' ? foldName(name) : null))
  connection.define('suffixes_of_name', (name) =>
    JSON.stringify(typeof name === 'string' ? suffixesOf(foldName(name)) : []),
  )
  connection.define('hash_of_user', (userId) => hashOfUser(String(userId)))
  connection.exec('CREATE TEMP TABLE convodb_lease (is_counting INTEGER NOT NULL, is_sql INTEGER NOT NULL)')
  connection.exec('INSERT INTO convodb_lease (is_counting, is_sql) VALUES (0, 0)')
  const triggers = [
    ruleTriggers,
    keyTriggers,
    countedTriggers,
    counterTriggers,
    nameTriggers,
    changeTriggers,
  ].flat()
  connection.exec([...triggers, otherTriggers, indexAtOnce].join('\n'))
  connection.defineChecksums()
  keepChecksums(connection)
  keepMessageChecksums(connection)
  keepWords(connection)
}

/** What the triggers watch. */
export const watchedTables: ReadonlySet<string> = new Set(Object.keys(rules))

/** Before each of the borrower's statements, and of the operations in their transaction. */
export function startStatement(connection: Connection, by: 'sql' | 'operation'): void {
  const isSql = by === 'sql' ? 1 : 0
  connection.run(
    'UPDATE temp.convodb_lease SET is_counting = 0, is_sql = :isSql WHERE is_counting <> 0 OR is_sql <> :isSql',
    { isSql },
  )
}
