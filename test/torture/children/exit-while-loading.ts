import { join } from 'node:path'
import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
import type { ExitTask } from './ending-task.js'

/** Ends the process while threads load SQLite: those of a database, or one that works on a file. */
const { folder, work, afterMs, exitCode }: ExitTask = JSON.parse(process.argv[2] ?? '{}')
const path = join(folder, 'chat.db')
const works: Record<ExitTask['work'], () => Promise<unknown>> = {
  openDatabase: () => openDatabase(path, { readers: 2 }),
  verifyDatabase: () => verifyDatabase(path),
  backupDatabase: () => backupDatabase(path, join(folder, 'copy.db')),
}
setTimeout(() => process.exit(exitCode), afterMs)
await works[work]()
