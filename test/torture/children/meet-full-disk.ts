import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backupDatabase, ConvoDbError, openDatabase, restoreDatabase, type NewMessage } from 'convodb'

/** Does with databases what a full disk keeps from being done, and tells how that went. */
export interface FullDiskTask {
  readonly databasePath: string
  readonly flagPath: string
}

export interface FullDiskReport {
  /** How each ended, and which files it left. */
  readonly doors: Readonly<Record<string, { readonly outcome: string; readonly left: readonly string[] }>>
  readonly writes: readonly string[]
  readonly checkpoint: string
  readonly isLogHeld: boolean
  readonly close: string
  readonly warnings: readonly string[]
  /** Once there was room again. */
  readonly later: readonly string[]
  readonly messages: number
}

const { databasePath, flagPath }: FullDiskTask = JSON.parse(process.argv[2] ?? '')
const folder = dirname(databasePath)
const warnings: string[] = []
process.on('warning', (warning) => warnings.push(warning.message))

const setFull = (isFull: boolean): void => (isFull ? writeFileSync(flagPath, '') : rmSync(flagPath))
const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof ConvoDbError ? error.code : String(error)),
  )
const message = (n: number): NewMessage => ({
  messageId: `${n}`,
  channelId: 'general',
  userId: 'ada',
  content: 'milk '.repeat(2_000),
  timestamp: n,
})

const old = join(folder, 'old.db')
const first = await openDatabase(old)
await first.storeMessage(message(0))
await first.close()
const db = await openDatabase(databasePath)
await db.storeMessage(message(0))
const before = readdirSync(folder)

const doors: Record<string, { outcome: string; left: string[] }> = {}
async function tryDoor(name: string, call: () => Promise<unknown>): Promise<void> {
  const outcome = await outcomeOf(call())
  doors[name] = { outcome, left: readdirSync(folder).filter((file) => !before.includes(file)) }
}
setFull(true)
await tryDoor('open a new one', () => openDatabase(join(folder, 'new.db')))
await tryDoor('open a new one in a new folder', () => openDatabase(join(folder, 'new', 'new.db')))
await tryDoor('backup', () => db.backup(join(folder, 'backup.db')))
await tryDoor('backup into a new folder', () => db.backup(join(folder, 'new', 'backup.db')))
await tryDoor('backup of a file', () => backupDatabase(old, join(folder, 'backup.db')))
await tryDoor('restore', () => restoreDatabase(old, join(folder, 'restored.db')))
await tryDoor('restore over', () => restoreDatabase(databasePath, old, { overwrite: true }))

const writes: string[] = []
// Into what there is of the log by now, some fit.
for (let n = 1; n <= 40; n += 1) writes.push(await outcomeOf(db.storeMessage(message(n))))
const checkpoint = await outcomeOf(db.checkpoint({ mode: 'truncate' }))
setFull(false)
const later = [
  await outcomeOf(db.storeMessage(message(100))),
  await outcomeOf(db.checkpoint({ mode: 'truncate' })),
]
for (let n = 101; n < 144; n += 1) later.push(await outcomeOf(db.storeMessage(message(n))))
// The log now holds pages for which the file must grow.
setFull(true)
const { isLogHeld } = await db.stats()
const close = await outcomeOf(db.close())
setFull(false)
const again = await openDatabase(databasePath)
const messages = await again.countMessages()
await again.close()
const report: FullDiskReport = { doors, writes, checkpoint, isLogHeld, close, warnings, later, messages }
process.stdout.write(JSON.stringify(report))
