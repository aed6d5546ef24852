import type { JsonObject } from '../protocol/models.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseManager } from './database-manager.js'
import { createDatabaseManager } from './create-database-manager.js'
import { createLocalDatabase } from './local-database.js'
import type { Executor } from './executors/executor.js'
import { PoolExecutor } from './executors/pool/pool-executor.js'
import { postgresBackend } from './executors/postgres/postgres-backend.js'
import { PostgresExecutor } from './executors/postgres/postgres-executor.js'
import { checkPath } from './validation/check.js'
import { realPath } from './real-path.js'
import { resolveOptions, type OpenOptions, type ResolvedOptions } from './options.js'

/**
 * Opens a database file and starts its worker threads.
 *
 * @param path the file; its folder is created where missing. One file has one owner, by whatever names it is opened: symbolic
 *   links are followed, and a file with several names (hard links) is refused with CANNOT_OPEN. `':memory:'` opens a private temporary file, removed at
 *   close, since every thread needs the same one.
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
  if (isPostgresUrl(path))
    return createDatabaseManager(postgresBackend(await PostgresExecutor.open(path, resolved)))
  if (path !== ':memory:') return createLocalDatabase(await openPool(await realPath(path), resolved))
  const folder = await mkdtemp(join(tmpdir(), 'convodb-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const executor = await openPool(join(await realPath(folder), 'memory.db'), { ...resolved, create: true })
    return createLocalDatabase(withCleanUp(executor, removeFolder))
  } catch (error) {
    await removeFolder()
    throw error
  }
}

const isPostgresUrl = (path: string): boolean => /^postgres(ql)?:\/\//.test(path)

function openPool(path: string, options: ResolvedOptions): Promise<PoolExecutor> {
  const { create, readOnly, durability, busyTimeoutMs, cacheSizeKib, walAutocheckpointPages } = options
  const { verifyReads, search, keepHistory } = options
  const settings = {
    path,
    create,
    readOnly,
    durability,
    busyTimeoutMs,
    cacheSizeKib,
    walAutocheckpointPages,
    verifyReads,
    search,
    ...(keepHistory !== undefined && { keepHistory }),
  }
  return PoolExecutor.open(settings, options)
}

function withCleanUp(executor: Executor, cleanUp: () => Promise<void>): Executor {
  return {
    file: executor.file,
    get isOpen() {
      return executor.isOpen
    },
    refusal: (lane) => executor.refusal(lane),
    execute: (name, params, options, decode) => executor.execute(name, params, options, decode),
    executeJson: (name, params, form, options) => executor.executeJson(name, params, form, options),
    executeRequest: (request, options, decode) => executor.executeRequest(request, options, decode),
    withConnection: (work, options) => executor.withConnection(work, options),
    ready: () => executor.ready(),
    createPort: () => executor.createPort(),
    stats: () => executor.stats(),
    close: async (closeOptions) => {
      try {
        await executor.close(closeOptions)
      } finally {
        await cleanUp()
      }
    },
  }
}
