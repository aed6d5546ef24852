import type { Connection } from '../connection/connection.js'
import { isCountedAhead } from '../tables/indexed-messages.js'

// Messages that are stored and not indexed yet are in `messages` only. A borrower who reads the tables finds views of the same
// names and columns, which add those of its own snapshot: a temporary view hides the table of its name
// (https://www.sqlite.org/lang_naming.html). Columns of one key each, so that a look-up stays a look-up.
const createViews = `
  CREATE TEMP TABLE convodb_unindexed_channels (
    channel_key INTEGER PRIMARY KEY, message_count INTEGER NOT NULL, last_active INTEGER NOT NULL
  );
  INSERT INTO temp.convodb_unindexed_channels
  SELECT channel_key, count(*), max(timestamp) FROM main.messages
  WHERE message_key > (SELECT last_key FROM main.indexed_messages WHERE id = 1) GROUP BY channel_key;

  CREATE TEMP TABLE convodb_unindexed_users (
    user_key INTEGER PRIMARY KEY, message_count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_active INTEGER NOT NULL
  );
  INSERT INTO temp.convodb_unindexed_users
  SELECT user_key, count(*) FILTER (WHERE NOT ${isCountedAhead}), min(timestamp), max(timestamp) FROM main.messages
  WHERE message_key > (SELECT last_key FROM main.indexed_messages WHERE id = 1) GROUP BY user_key;

  CREATE TEMP VIEW channels (
    channel_key, channel_id, name, metadata, created_at, last_active, message_count, checksum
  ) AS SELECT
    channel_key, channel_id, name, metadata, created_at,
    nullif(max(coalesce(last_active, -9000000000000000), coalesce(
      (SELECT last_active FROM temp.convodb_unindexed_channels AS unindexed WHERE unindexed.channel_key = stored.channel_key),
      -9000000000000000)), -9000000000000000),
    message_count + coalesce(
      (SELECT message_count FROM temp.convodb_unindexed_channels AS unindexed WHERE unindexed.channel_key = stored.channel_key), 0),
    checksum
  FROM main.channels AS stored;

  CREATE TEMP VIEW users (
    user_key, user_id, display_name, folded_name, metadata, first_seen, last_active, message_count, deleted_at, checksum
  ) AS SELECT
    user_key, user_id, display_name, folded_name, metadata,
    min(first_seen, coalesce(
      (SELECT first_seen FROM temp.convodb_unindexed_users AS unindexed WHERE unindexed.user_key = stored.user_key), first_seen)),
    nullif(max(coalesce(last_active, -9000000000000000), coalesce(
      (SELECT last_active FROM temp.convodb_unindexed_users AS unindexed WHERE unindexed.user_key = stored.user_key),
      -9000000000000000)), -9000000000000000),
    message_count + coalesce(
      (SELECT message_count FROM temp.convodb_unindexed_users AS unindexed WHERE unindexed.user_key = stored.user_key), 0),
    deleted_at, checksum
  FROM main.users AS stored;

  CREATE TEMP VIEW channel_messages (channel_key, timestamp, message_key) AS
  SELECT channel_key, timestamp, message_key FROM main.channel_messages
  WHERE message_key <= (SELECT last_key FROM main.indexed_messages WHERE id = 1)
  UNION ALL SELECT channel_key, timestamp, message_key FROM main.messages
  WHERE message_key > (SELECT last_key FROM main.indexed_messages WHERE id = 1);

  CREATE TEMP VIEW user_messages (block, user_key, timestamp, message_key, channel_key) AS
  SELECT block, user_key, timestamp, message_key, channel_key FROM main.user_messages
  WHERE message_key <= (SELECT last_key FROM main.indexed_messages WHERE id = 1)
  UNION ALL SELECT message_key >> 13, user_key, timestamp, message_key, channel_key FROM main.messages
  WHERE message_key > (SELECT last_key FROM main.indexed_messages WHERE id = 1);`

/** What the views stand in for. */
export const viewedTables: ReadonlySet<string> = new Set([
  'channels',
  'users',
  'channel_messages',
  'user_messages',
])

const dropViews = `
  DROP VIEW temp.channels;
  DROP VIEW temp.users;
  DROP VIEW temp.channel_messages;
  DROP VIEW temp.user_messages;
  DROP TABLE temp.convodb_unindexed_channels;
  DROP TABLE temp.convodb_unindexed_users;`

/** To be called inside the borrower's transaction, on a connection made for it alone. */
export function createReadViews(connection: Connection): void {
  connection.pragma('query_only = 0')
  connection.exec(createViews)
  connection.pragma('query_only = 1')
}

/** For operations of ours, which add what is unindexed by themselves. */
export function dropReadViews(connection: Connection): void {
  connection.pragma('query_only = 0')
  connection.exec(dropViews)
  connection.pragma('query_only = 1')
}
