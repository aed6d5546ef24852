import type { DatabaseManager } from './database-manager.js'
import type { ResolvedOptions } from './options.js'

/** What an open database on PostgreSQL was opened with: its path is without the password. */
export interface PostgresSource {
  readonly url: string
  readonly options: ResolvedOptions
}

type AnyDatabase = Pick<DatabaseManager, 'path' | 'close'>

const sources = new WeakMap<AnyDatabase, PostgresSource>()

export const keepPostgresSource = (db: AnyDatabase, source: PostgresSource): void =>
  void sources.set(db, source)

/** For whoever opens the same database beside it, as a server's thread does. */
export const postgresSourceOf = (db: AnyDatabase): PostgresSource | undefined => sources.get(db)
