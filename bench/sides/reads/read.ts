import type Database from 'better-sqlite3'
import type { DatabaseManager } from 'convodb'
import type { Archive } from './archive.js'

/** One kind of read, in both ways: through the facade, and directly on the calling thread with the same result. */
export interface Read {
  viaFacade(db: DatabaseManager, archive: Archive): (index: number) => Promise<unknown>
  direct(database: Database.Database, archive: Archive): (index: number) => unknown
}
