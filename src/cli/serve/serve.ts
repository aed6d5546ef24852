import { pino } from 'pino'
import { closeOnSignals, openDatabase } from '../../main/index.js'
import { createKey, keyFileOf, readKeys, startServer, type Server } from '../../server/index.js'
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
  const logger = pino({ level: logLevel })
  const db = await openDatabase(path, {
    ...(readers !== undefined && { readers }),
    ...(keepHistory !== undefined && { keepHistory }),
  })
  let server: Server | undefined
  try {
    const keyFile = keyFileOf(db.path)
    const isFirstStart = (await readKeys(keyFile)).length === 0
    server = await startServer(
      db,
      { ...serverOptions, allowedHosts: allowedHost, corsOrigins: corsOrigin },
      logger,
    )
    const backups =
      backupEvery === undefined
        ? undefined
        : new ScheduledBackups(
            db,
            { everyMs: backupEvery, keep: backupKeep, folder: backupDir ?? backupFolderOf(db.path) },
            logger,
          )
    const { close } = server
    closeOnSignals(db, {
      before: async () => {
        await close()
        await backups?.close()
      },
    })
    if (isFirstStart) {
      const { key } = await createKey(keyFile, { scope: 'admin', name: 'first start' })
      tell(`This is the admin's key; it is not shown again:\n\n  ${key}\n`)
    }
    tell(`Listening on ${server.url}`)
    tell(`In a browser, once and within 15 minutes: ${server.url}/login?token=${server.newLoginToken()}`)
  } catch (error) {
    // What listens would keep the process.
    await server?.close()
    await db.close()
    throw error
  }
}

const noLists: { readonly allowedHost: readonly string[]; readonly corsOrigin: readonly string[] } = {
  allowedHost: [],
  corsOrigin: [],
}

/** To people, beside the log of standard output. */
const tell = (text: string): void => void process.stderr.write(`convodb: ${text}\n`)
