import { PGlite } from '@electric-sql/pglite'
import { btree_gin as btreeGin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm as trigrams } from '@electric-sql/pglite/contrib/pg_trgm'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'
import { servePgliteSessions } from './pglite-sessions.js'

/** A PostgreSQL with pgvector, in this process. */
export interface TestPglite {
  readonly url: string
  /** Runs SQL past the database under test. */
  query(sql: string): Promise<readonly unknown[]>
  stop(): Promise<void>
}

const createPglite = () => PGlite.create({ extensions: { vector, pg_trgm: trigrams, btree_gin: btreeGin } })

/**
 * Starts it on loopback. It has one session for all connections, a transaction at a time, so that it is to its clients what a
 * pooler of transactions is.
 */
export async function startPglite(): Promise<TestPglite> {
  const lite = await createPglite()
  const server = new PGLiteSocketServer({ db: lite, host: '127.0.0.1', port: 0, maxConnections: 20 })
  await server.start()
  return await testPglite(lite, server, `${server.getServerConn()}/postgres?pooled=true`)
}

/** Starts it so that connections seem to have sessions of their own, as without a pooler: statements are prepared once a connection. */
export async function startPgliteWithSessions(): Promise<TestPglite> {
  const lite = await createPglite()
  const server = await servePgliteSessions(lite)
  return await testPglite(lite, server, `127.0.0.1:${server.port}/postgres`)
}

async function testPglite(
  lite: PGlite,
  server: { stop(): Promise<void> },
  place: string,
): Promise<TestPglite> {
  const url = `postgres://postgres@${place}`
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
