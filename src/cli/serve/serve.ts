import { pino } from 'pino'
import { closeOnSignals, ConvoDbError, openDatabase } from '../../main/index.js'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { createFirstKey, keyPlaceOf, startServer, type Server } from '../../server/index.js'
import { serverDefaults } from '../../server/options.js'
import { longestTimerMs } from '../duration.js'
import type { ServeOptions } from './options.js'
import { backupFolderOf, ScheduledBackups } from './scheduled-backups.js'

/** Opens the database, serves it, and says where; returns when it listens. */
export async function serve(options: ServeOptions): Promise<void> {
  const {
    db: path,
    config: _,
    logLevel,
    backupEvery,
    backupKeep,
    backupDir,
    readers,
    keepHistory,
    ...rest
  } = options
  const { allowedHost, corsOrigin, ...serverOptions } = { ...noLists, ...rest }
  if (backupEvery !== undefined && isPostgresUrl(path))
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      '--backup-every is for files; back up a PostgreSQL database with pg_dump, or as its operator does',
      { field: 'backupEvery' },
    )
  const logger = pino({ level: logLevel })
  const db = await openDatabase(path, {
    ...(readers !== undefined && { readers }),
    ...(keepHistory !== undefined && { keepHistory }),
  })
  let server: Server | undefined
  try {
    server = await startServer(
      db,
      { ...serverOptions, allowedHosts: allowedHost, corsOrigins: corsOrigin },
      logger,
    )
    const backups =
      backupEvery === undefined
        ? undefined
        : await ScheduledBackups.start(
            db,
            { everyMs: backupEvery, keep: backupKeep, folder: backupDir ?? backupFolderOf(db.path) },
            logger,
          )
    const { close } = server
    closeOnSignals(db, {
      before: async () => {
        await Promise.all([close(), backups?.close()])
      },
      timeoutMs: timeToClose(serverOptions.closeTimeoutMs),
    })
    const place = keyPlaceOf(isPostgresUrl(path) ? path : db.path)
    const first = await createFirstKey(place, { scope: 'admin', name: 'first start' })
    if (first !== undefined) tell(`This is the admin's key; it is not shown again:\n\n  ${first.key}\n`)
    tell(`Listening on ${server.url}`)
    tell(`In a browser, once and within 15 minutes: ${server.url}/login?token=${server.newLoginToken()}`)
  } catch (error) {
    // What listens would keep the process.
    await server?.close()
    await db.close()
    throw error
  }
}

/** The server itself ends what takes longer than it may, and removes what that leaves. */
const timeToClose = (closeTimeoutMs: number = serverDefaults.closeTimeoutMs): number =>
  Math.min(closeTimeoutMs + 2_000, longestTimerMs)

const noLists: { readonly allowedHost: readonly string[]; readonly corsOrigin: readonly string[] } = {
  allowedHost: [],
  corsOrigin: [],
}

/** To people, beside the log of standard output. */
const tell = (text: string): void => void process.stderr.write(`convodb: ${text}\n`)
