import type { TestContext } from 'vitest'
import type { GetDatabase } from './contract.js'

/** For a case whose SQL, or what it expects beside promises, is SQLite's. */
export function skipUnlessSqlite(db: GetDatabase, context: TestContext, instead: string): void {
  if (db().path.startsWith('postgres')) context.skip(instead)
}

export const leasesOfPostgres = 'its SQL is SQLite’s; test/postgres/leases.server.test.ts has the like'
