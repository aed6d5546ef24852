import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommitSignal } from '../protocol/commit-signal.js'
import { ConvoDbError } from '../protocol/errors.js'
import { KnownFile } from '../protocol/known-file.js'
import type { ConnectionSettings } from '../protocol/messages.js'
import type { DatabaseManager } from './database-manager.js'
import type { Executor } from './executors/executor.js'
import { WriterThread } from './executors/pool/writer-thread.js'
import { loadPart, notStarted } from './not-started.js'
import { resolveOptions, type ResolvedOptions } from './options.js'
import { realPath } from './real-path.js'
import { checkPath } from './validation/check.js'
import { workerUrl } from './worker-url.js'

/** @throws what `openDatabase` throws */
export async function openFile<Metadata extends object, Profile extends object>(
  path: string,
  options: ResolvedOptions,
): Promise<DatabaseManager<Metadata, Profile>> {
  const { createLocalDatabase, executor } = await open(await realPath(path), options)
  return createLocalDatabase(executor)
}

/**
 * As `openDatabase` with `readOnly`, but SQL runs in this thread and none is started: for commands, which end when they have asked.
 *
 * @throws what `openDatabase` throws
 */
export async function openFileInThisThread(path: string): Promise<DatabaseManager> {
  checkPath(path, 'path', "a file's path")
  const options = resolveOptions({ readOnly: true })
  const { createLocalDatabase, openInThisThread } = await import('./this-thread-database.js')
  return createLocalDatabase(await openInThisThread(settingsOf(await realPath(path), options), options))
}

/** A private file, removed at close. @throws INVALID_ARGUMENT with `readOnly`, and what `openDatabase` throws */
export async function openTemporaryFile<Metadata extends object, Profile extends object>(
  options: ResolvedOptions,
): Promise<DatabaseManager<Metadata, Profile>> {
  if (options.readOnly) {
    const message = "readOnly must be left out for ':memory:', which is a new file with nothing in it"
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'readOnly' })
  }
  const folder = await makeTemporaryFolder()
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(await realPath(folder), 'memory.db')
    const { createLocalDatabase, executor } = await open(path, { ...options, create: true })
    return createLocalDatabase(withCleanUp(executor, removeFolder))
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** @throws CANNOT_OPEN */
async function makeTemporaryFolder(): Promise<string> {
  const parent = tmpdir()
  try {
    return await mkdtemp(join(parent, 'convodb-'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConvoDbError(
      'CANNOT_OPEN',
      `':memory:' needs a folder for temporary files, and none can be made in ${parent}: ${reason}; TMPDIR names another place`,
      { path: parent },
      { cause: error },
    )
  }
}

async function open(path: string, options: ResolvedOptions) {
  const settings = settingsOf(path, options)
  assertReaderIsThere()
  // This thread has as much to load as the writer's, which does it meanwhile.
  const thread = settings.readOnly ? undefined : new WriterThread(settings)
  try {
    const { createLocalDatabase, PoolExecutor } = await loadPart(import('./pool-database.js'))
    return { createLocalDatabase, executor: await PoolExecutor.open(settings, options, thread) }
  } catch (error) {
    await thread?.end()
    throw error
  }
}

/** In a bundle of everything Piscina fails before its threads do, without a word of why. */
function assertReaderIsThere(): void {
  const program = workerUrl('reader')
  if (!existsSync(program)) throw notStarted('reader', `there is no ${fileURLToPath(program)}`)
}

function settingsOf(path: string, options: ResolvedOptions): ConnectionSettings {
  const { create, readOnly, durability, busyTimeoutMs, cacheSizeKib, walAutocheckpointPages } = options
  const { verifyReads, search, keepHistory } = options
  return {
    path,
    create,
    readOnly,
    durability,
    busyTimeoutMs,
    cacheSizeKib,
    walAutocheckpointPages,
    verifyReads,
    search,
    commits: new CommitSignal().buffer,
    ...(!readOnly && { knownFile: new KnownFile().buffer }),
    ...(keepHistory !== undefined && { keepHistory }),
  }
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
