import { openDatabase } from 'convodb'
import { createKey, keyPlaceOf, startServer } from 'convodb/server'
import { describeConvoDb } from '../convodb.js'
import type { Served } from './serve.js'

/** As `convodb serve` does it, without a limit of requests. */
export async function serveConvoDb(path: string, readers: number): Promise<Served> {
  const db = await openDatabase(path, { readers })
  const { key } = await createKey(keyPlaceOf(db.path), { scope: 'admin' })
  const server = await startServer(db, { port: 0, maxRequestsPerSecond: 0 })
  return {
    url: server.url,
    authorization: `Bearer ${key}`,
    engine: await describeConvoDb(db),
    async close() {
      await server.close()
      await db.close()
    },
  }
}
