import { PGlite } from '@electric-sql/pglite'
import { btree_gin as btreeGin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm as trigrams } from '@electric-sql/pglite/contrib/pg_trgm'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'

/** A PostgreSQL with pgvector, in this process. */
export interface TestPglite {
  readonly url: string
  /** Runs SQL past the database under test. */
  query(sql: string): Promise<readonly unknown[]>
  stop(): Promise<void>
}

/**
 * Starts it on loopback. It has one session for all connections, a transaction at a time, so that it is to its clients what a
 * pooler of transactions is.
 */
export async function startPglite(): Promise<TestPglite> {
  const lite = await PGlite.create({ extensions: { vector, pg_trgm: trigrams, btree_gin: btreeGin } })
  const server = new PGLiteSocketServer({ db: lite, host: '127.0.0.1', port: 0, maxConnections: 20 })
  await server.start()
  const url = `postgres://postgres@${server.getServerConn()}/postgres?pooled=true`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    url,
    query: async (sql) => (await client.query(sql)).rows,
    async stop() {
      await client.end()
      await server.stop()
      await lite.close()
    },
  }
}
