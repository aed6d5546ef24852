import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

/** Looks at what a database on a PostgreSQL server has of words, and keeps others from indexing them. */
export interface IndexedWords {
  /** Until nothing is left to be indexed. */
  all(): Promise<void>
  /** In how many rows of the index a tsquery finds something. */
  count(query: string): Promise<number>
  /** Keeps everybody from indexing; gives what lets them. */
  forbid(): Promise<() => Promise<void>>
  /** Holds whoever indexes in the middle of a transaction; gives what lets them go on. */
  hold(): Promise<() => Promise<void>>
  /** Ends the connection of whoever indexes just now, once there is one. */
  killIndexer(): Promise<void>
  close(): Promise<void>
}

export async function lookAtWords(url: string): Promise<IndexedWords> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const numberOf = async (sql: string, values: unknown[] = []): Promise<number> =>
    Number((await client.query<{ number: string }>(sql, values)).rows[0]?.number)
  return {
    async all() {
      while ((await numberOf('SELECT count(*) AS number FROM messages_to_index')) > 0) await wait(20)
    },
    count: (query) =>
      numberOf(
        `SELECT (SELECT count(*) FROM message_terms WHERE tokens @@ $1::tsquery)
          + (SELECT count(DISTINCT message_key) FROM long_message_terms WHERE tokens @@ $1::tsquery) AS number`,
        [query],
      ),
    async forbid() {
      await client.query('SELECT pg_advisory_lock(7120)')
      return async () => void (await client.query('SELECT pg_advisory_unlock(7120)'))
    },
    async hold() {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('BEGIN; LOCK TABLE message_terms IN SHARE MODE')
      return () => other.end()
    },
    async killIndexer() {
      const sql = `
        SELECT count(pg_terminate_backend(pid)) AS number FROM pg_locks
        WHERE locktype = 'advisory' AND objid = 7120 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
      while ((await numberOf(sql)) === 0) await wait(20)
    },
    close: () => client.end(),
  }
}
