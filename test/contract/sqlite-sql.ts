import type { DatabaseManager } from 'convodb'
import type { TestContext } from 'vitest'
import type { GetDatabase } from './contract.js'

/** What stands behind a suite's database, which the database itself does not tell. */
export interface Behind {
  readonly sql: 'sqlite' | 'postgres'
  /** How many servers its calls go to. */
  readonly servers: number
}

const known = new WeakMap<DatabaseManager, Behind>()

export const noteBehind = (db: DatabaseManager, behind: Behind): void => void known.set(db, behind)

/** For a case whose SQL, or what it expects beside promises, is SQLite's. */
export function skipUnlessSqlite(db: GetDatabase, context: TestContext, instead: string): void {
  if (known.get(db())?.sql === 'postgres') context.skip(instead)
}

/** For a case about what each server counts by itself. */
export function skipUnlessOneServer(db: GetDatabase, context: TestContext): void {
  if ((known.get(db())?.servers ?? 1) > 1) context.skip('each server counts its own')
}

export const leasesOfPostgres = 'its SQL is SQLite’s; test/postgres/leases.server.test.ts has the like'
