import { createDatabaseManager } from './create-database-manager.js'
import type { DatabaseManager } from './database-manager.js'
import { postgresBackend } from './executors/postgres/postgres-backend.js'
import { PostgresExecutor } from './executors/postgres/postgres-executor.js'
import type { ResolvedOptions } from './options.js'

export { verifyPostgres } from './executors/postgres/verify-postgres.js'

/** @throws what `openDatabase` throws */
export async function openPostgres<Metadata extends object, Profile extends object>(
  url: string,
  options: ResolvedOptions,
): Promise<DatabaseManager<Metadata, Profile>> {
  return createDatabaseManager(postgresBackend(await PostgresExecutor.open(url, options)))
}
