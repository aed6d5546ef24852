import type { KeyTable } from '../postgres/index.js'
import { createDatabaseManager } from './create-database-manager.js'
import type { DatabaseManager } from './database-manager.js'
import { loadEngine } from './executors/postgres/load-engine.js'
import { postgresBackend } from './executors/postgres/postgres-backend.js'
import { PostgresExecutor } from './executors/postgres/postgres-executor.js'
import type { ResolvedOptions } from './options.js'
import { keepPostgresSource } from './postgres-source.js'

export { verifyPostgres } from './executors/postgres/verify-postgres.js'

/** @throws what `openDatabase` throws */
export async function openPostgres<Metadata extends object, Profile extends object>(
  url: string,
  options: ResolvedOptions,
): Promise<DatabaseManager<Metadata, Profile>> {
  const executor = await PostgresExecutor.open(url, options)
  const db = createDatabaseManager<Metadata, Profile>(postgresBackend(executor))
  keepPostgresSource(db, { url, options })
  return db
}

/** Takes a lock of the database's until it is given back, or this process ends; undefined where somebody else has it. */
export async function lockPostgres(url: string, key: number): Promise<(() => Promise<void>) | undefined> {
  const { takeLock } = await loadEngine()
  return takeLock(url, key)
}

/** The keys of the database's servers. @throws CANNOT_OPEN, NOT_FOUND (with `create: false`), NEWER_SCHEMA, UNSUPPORTED */
export async function openPostgresKeys(url: string, create: boolean): Promise<KeyTable> {
  const { KeyTable } = await loadEngine()
  return KeyTable.open(url, { create })
}
