import { rmSync, writeFileSync } from 'node:fs'
import { ConvoDbError, openDatabase } from 'convodb'

/** What calls of each kind ended with, while reads failed and after that. */
export interface FailedReadsReport {
  readonly meanwhile: Readonly<Record<string, number>>
  readonly afterwards: Readonly<Record<string, number>>
  readonly reopenings: number
}

export interface FailedReadsTask {
  readonly path: string
  readonly flagPath: string
  readonly rounds: number
}

/** Reads, writes and leases a database whose disk refuses reads now and then; hardly anything is in a cache. */
const { path, flagPath, rounds }: FailedReadsTask = JSON.parse(process.argv[2] ?? '')
const db = await openDatabase(path, { cacheSizeKib: 64, readers: 1, walAutocheckpointPages: 50 })
const count = 12_000
const content = 'milk '.repeat(80)
const message = (n: number) => ({
  messageId: `m${n}`,
  channelId: `c${n % 300}`,
  userId: `u${n % 700}`,
  content,
  timestamp: n,
})
for (let n = 0; n < count; n += 1_000) {
  await db.addMessages(Array.from({ length: 1_000 }, (_, index) => message(n + index)))
}
await db.checkpoint({ mode: 'truncate' })

const meanwhile: Record<string, number> = {}
const afterwards: Record<string, number> = {}
const codeOf = (error: unknown): string => (error instanceof ConvoDbError ? error.code : String(error))
const random = (below: number): number => Math.floor(Math.random() * below)
let stored = count

const calls: readonly (() => Promise<unknown>)[] = [
  () => db.getMessages({ channelId: `c${random(300)}`, limit: 50 }),
  () => db.getMessagesByIds([`m${random(count)}`, `m${random(count)}`]),
  () => db.users.getUser(`u${random(700)}`),
  () => db.storeMessage(message((stored += 1))),
  () => db.updateMessage({ messageId: `m${random(count)}`, content: 'changed' }),
  () => db.withConnection((connection) => connection.get('SELECT count(content) FROM messages')),
  () =>
    db.withConnection(
      (connection) =>
        connection.run('UPDATE messages SET content = ? WHERE message_id = ?', ['lent', `m${random(count)}`]),
      { mode: 'write' },
    ),
]

async function callAll(codes: Record<string, number>): Promise<void> {
  for (const call of calls) {
    const code = await call().then(() => 'ok', codeOf)
    codes[code] = (codes[code] ?? 0) + 1
  }
}

for (let round = 0; round < rounds; round += 1) {
  // Amid a call, and then for some.
  const amid = callAll(meanwhile)
  writeFileSync(flagPath, round % 2 === 0 ? '.db' : '-wal')
  await amid
  for (let turn = 0; turn < 3; turn += 1) await callAll(meanwhile)
  rmSync(flagPath)
  for (let turn = 0; turn < 3; turn += 1) await callAll(afterwards)
}
const { restarts } = await db.stats()
const report: FailedReadsReport = { meanwhile, afterwards, reopenings: restarts.reopenings }
process.stdout.write(JSON.stringify(report))
await db.close()
