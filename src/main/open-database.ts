import type { JsonObject } from '../protocol/models.js'
import type { DatabaseManager } from './database-manager.js'
import { checkPath } from './validation/check.js'
import { loadPart } from './not-started.js'
import { isPostgresUrl } from './postgres-url.js'
import { resolveOptions, type OpenOptions } from './options.js'

/**
 * Opens a database: a file, with worker threads of its own, or one on a PostgreSQL server.
 *
 * @param path the file; its folder is created where missing. One file has one owner, by whatever names it is opened: symbolic
 *   links are followed, and a file with several names (hard links), and a name that ends in white space, is refused with CANNOT_OPEN. `':memory:'` opens a private temporary file, removed at
 *   close, since every thread needs the same one. `'postgres://...'` opens a PostgreSQL database, which needs the package `pg`; any
 *   number of processes may have it open; behind a pooler its URL ends in `?pooled=true`, and `?writers=4` stores over as many connections (docs/scaling.md).
 * @param options see {@link OpenOptions}; every option has a default.
 * @throws INVALID_ARGUMENT, LOCKED (another process, or another call in this one, has the file open for writing; the error's
 *   `details.pid` tells which), NOT_FOUND (with `create: false` or `readOnly`), NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA,
 *   OLDER_SCHEMA (with `readOnly`), CANNOT_OPEN, DISK_FULL, IO_ERROR, BUSY
 * @example
 * await using db = await openDatabase('chat.db')
 * // or, without `await using`: const db = await openDatabase('chat.db'); try { ... } finally { await db.close() }
 */
export async function openDatabase<Metadata extends object = JsonObject, Profile extends object = JsonObject>(
  path: string,
  options: OpenOptions = {},
): Promise<DatabaseManager<Metadata, Profile>> {
  checkPath(path, 'path', "a file's path or ':memory:'")
  const resolved = resolveOptions(options)
  if (isPostgresUrl(path)) {
    const { openPostgres } = await import('./postgres-database.js')
    return openPostgres(path, resolved)
  }
  // Loaded where a file is opened: who imports this package may want a client, or nothing yet.
  const { openFile, openTemporaryFile } = await loadPart(import('./open-file.js'))
  return path === ':memory:' ? openTemporaryFile(resolved) : openFile(path, resolved)
}
