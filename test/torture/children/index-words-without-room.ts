import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ConvoDbError, openDatabase, type NewMessage } from 'convodb'

/** Has words indexed, changed and searched while the disk is full now and then, and tells what searches found. */
export interface WordsWithoutRoomTask {
  readonly databasePath: string
  readonly flagPath: string
  readonly rounds: number
}

export interface WordsWithoutRoomReport {
  /** How often writes ended so. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Questions that found something else than what was acknowledged. */
  readonly wrong: readonly string[]
  readonly searches: number
  /** Whether the index took in all full blocks once there was room. */
  readonly isIndexed: boolean
}

const { databasePath, flagPath, rounds }: WordsWithoutRoomTask = JSON.parse(process.argv[2] ?? '')
const setFull = (isFull: boolean): void => (isFull ? writeFileSync(flagPath, '') : rmSync(flagPath))
const blockLength = 8_192

/** By id the text that was acknowledged; undefined: deleted. What nobody knows of is not in it. */
const texts = new Map<string, string | undefined>()
const outcomes: Record<string, number> = {}
const wrong: string[] = []
let searches = 0
let next = 0

const message = (messageId: string, content: string): NewMessage => ({
  messageId,
  channelId: 'general',
  userId: 'ada',
  content,
  timestamp: next,
})
const rowsOf = (count: number): NewMessage[] =>
  Array.from({ length: count }, () => {
    next += 1
    return message(`m${next}`, `plain only${next}`)
  })

async function note(after: ReadonlyMap<string, string | undefined>, call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    () => 'ok',
    (error: unknown) => (error instanceof ConvoDbError ? error.code : String(error)),
  )
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  if (outcome === 'ok') for (const [id, text] of after) texts.set(id, text)
  return outcome
}

const before = await openDatabase(databasePath, { search: false })
const first = rowsOf(3 * blockLength)
await before.addMessages(first)
for (const { messageId, content } of first) texts.set(messageId, content)
await before.close()

const db = await openDatabase(databasePath, { readers: 1 })

function store(): Promise<string> {
  const rows = rowsOf(900)
  const after = new Map(rows.map(({ messageId, content }) => [messageId, content]))
  return note(after, db.addMessages(rows))
}

function edit(round: number): Promise<string> {
  const messageId = `m${1 + round * 7}`
  const content = `edited again${round}`
  return note(new Map([[messageId, content]]), db.updateMessage({ messageId, content }))
}

function remove(round: number): Promise<string> {
  const messageId = `m${5_000 + round}`
  return note(new Map([[messageId, undefined]]), db.deleteMessages([messageId]))
}

/** Of some messages: the word that stands in no other one finds it, where it is there. */
async function search(): Promise<void> {
  const ids = [...texts.keys()]
  const some = [...ids.slice(-3), ...ids.slice(0, 60).filter((_, n) => n % 7 === 0), 'm5000', 'm5001']
  for (const id of some) {
    const text = texts.get(id)
    const word = text?.split(' ')[1] ?? `only${id.slice(1)}`
    const { items } = await db.searchMessages({ text: word })
    searches += 1
    const expected = text === undefined ? [] : [id]
    const found = items.map(({ messageId }) => messageId)
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${word}: ${found.join()}`)
  }
}

for (let round = 0; round < rounds; round += 1) {
  // At once in the first round: what was stored without an index is being indexed.
  setFull(true)
  for (let tries = 0; tries < 40 && (await store()) === 'ok'; tries += 1);
  await Promise.all([edit(round), remove(round), store()])
  await search()
  setFull(false)
  while ((await store()) !== 'ok') await delay(5)
  await Promise.all([edit(round), remove(round), store()])
  await search()
}

async function isWholeIndex(): Promise<boolean> {
  const sql = `
    SELECT last_key AS lastKey, (SELECT max(message_key) FROM messages) AS stored
    FROM indexed_words WHERE id = 1`
  const { lastKey, stored } = await db.withConnection(async (connection) => ({
    lastKey: -Infinity,
    stored: 0,
    ...(await connection.get(sql)),
  }))
  return Number(lastKey) + blockLength > Number(stored)
}

let isIndexed = await isWholeIndex()
for (let tries = 0; tries < 600 && !isIndexed; tries += 1) {
  await delay(100)
  isIndexed = await isWholeIndex()
}
await search()
await db.close()
const report: WordsWithoutRoomReport = { outcomes, wrong, searches, isIndexed }
process.stdout.write(JSON.stringify(report))
