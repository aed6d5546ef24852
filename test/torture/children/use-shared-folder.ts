import { writeFileSync } from 'node:fs'
import { ConvoDbError, openDatabase, restoreDatabase } from 'convodb'

/** Opens, fills, backs up and restores a database in a folder where others write, too; tells how each call ended. */
export interface SharedFolderTask {
  readonly folder: string
  readonly rounds: number
  /** The control: a file that is written as a careless program would. */
  readonly careless?: string
}

const { folder, rounds, careless }: SharedFolderTask = JSON.parse(process.argv[2] ?? '')
const outcomes: Record<string, number> = {}
async function note<Value>(what: string, call: Promise<Value>): Promise<Value | undefined> {
  const outcome = await call.then(
    (value) => ({ name: 'ok', value }),
    (error: unknown) => ({
      name: error instanceof ConvoDbError ? error.code : String(error),
      value: undefined,
    }),
  )
  outcomes[`${what}: ${outcome.name}`] = (outcomes[`${what}: ${outcome.name}`] ?? 0) + 1
  return outcome.value
}

const path = `${folder}/chat.db`
const backup = `${folder}/backup.db`
for (let round = 0; round < rounds; round += 1) {
  const db = await note('open', openDatabase(path, { busyTimeoutMs: 100 }))
  if (db === undefined) continue
  const message = { messageId: `${round}`, channelId: 'c', userId: 'u', content: '', timestamp: round }
  await note('store', db.storeMessage(message))
  for (let n = 0; n < 3; n += 1) await note('backup', db.backup(backup, { overwrite: true }))
  await note('close', db.close())
  await note('restore', restoreDatabase(backup, path, { overwrite: true }))
}
if (careless !== undefined) writeFileSync(careless, 'written by a careless program')
process.stdout.write(JSON.stringify(outcomes))
