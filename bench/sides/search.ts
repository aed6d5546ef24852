import { deepStrictEqual } from 'node:assert'
import { openDatabase, type SearchMessagesParams } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import { inTurn } from '../measure/in-turn.js'
import { channelToRead, chunk } from '../rows.js'
import { createSpokenRows, pairToFind } from '../texts.js'
import { describeConvoDb, finishConvoDb, openConvoDb, pathIn } from './convodb.js'
import type { Side, SideInput } from './side.js'
import { describeSqlite, openSqlite } from './sqlite.js'

const rowsPerCall = 5_000
const wanted = 20

async function store({ folder, rows }: SideInput): Promise<void> {
  await using db = await openDatabase(pathIn(folder))
  for (let start = 0; start < rows; start += rowsPerCall)
    await db.addMessages(createSpokenRows(Math.min(rowsPerCall, rows - start), start))
}

const pairs = (reads: number): string[] => Array.from({ length: reads }, (_, index) => pairToFind(index))

const searching =
  (paramsOf: (index: number) => Partial<SearchMessagesParams>): Side =>
  async (input) => {
    await store(input)
    await using db = await openConvoDb(input)
    const texts = pairs(input.reads).map((text, index) => ({ text, index }))
    const search = async ({ text, index }: { text: string; index: number }): Promise<void> => {
      await db.searchMessages({ text, limit: wanted, ...paramsOf(index) })
    }
    // What is compiled when it is first run is compiled then, as in a service that has run for a second.
    for (const pair of texts.slice(0, 200)) await search(pair)
    const report = await inParallel(texts, 1, search)
    return { items: texts.length, ...report, engine: await describeConvoDb(db) }
  }

export const searchAll = searching(() => ({}))
export const searchChannel = searching((index) => ({ channelId: channelToRead(index) }))
export const searchNewest = searching(() => ({ order: 'time' }))

const columns = 'messages.message_id, messages.content, messages.timestamp'
const byWords = `
  SELECT ${columns} FROM words JOIN messages ON messages.message_key = words.rowid
  WHERE words MATCH ? ORDER BY words.rank LIMIT ${wanted}`
const byLike = `
  SELECT ${columns} FROM messages WHERE content LIKE ? AND content LIKE ? ORDER BY message_key DESC LIMIT ${wanted}`

const onCallingThread =
  (isWords: boolean): Side =>
  async (input) => {
    await store(input)
    const database = openSqlite(pathIn(input.folder))
    if (isWords) {
      database.exec(`CREATE VIRTUAL TABLE words USING fts5(content, content = '', contentless_delete = 1)`)
      database.exec('INSERT INTO words (rowid, content) SELECT message_key, content FROM messages')
    }
    const statement = database.prepare(isWords ? byWords : byLike)
    const read = (text: string): unknown[] =>
      isWords ? statement.all(text) : statement.all(text.split(' ').map((word) => `%${word}%`))
    const texts = pairs(isWords ? input.reads : Math.ceil(input.reads / 5))
    const report = await inTurn(texts, 1, read)
    const engine = describeSqlite(database)
    database.close()
    return { items: texts.length, ...report, engine }
  }

export const searchFts5 = onCallingThread(true)
export const searchLike = onCallingThread(false)

const storing =
  (search: boolean, isBatched: boolean): Side =>
  async (input) => {
    const rows = createSpokenRows(input.rows)
    await using db = await openDatabase(pathIn(input.folder), { readers: input.readers, search })
    const report = isBatched
      ? await inParallel(chunk(rows, input.rowsPerCall), 1, (batch) => db.addMessages(batch))
      : await inParallel(rows, input.concurrency, (row) => db.storeMessage(row))
    const found = search ? await db.searchMessages({ text: rows.at(-1)?.content ?? '', limit: 1 }) : undefined
    if (found !== undefined) deepStrictEqual(found.items[0]?.messageId, rows.at(-1)?.messageId)
    return { items: rows.length, ...report, engine: await finishConvoDb(db, rows.length) }
  }

export const storeWithSearch = storing(true, false)
export const storeWithoutSearch = storing(false, false)
export const addWithSearch = storing(true, true)
export const addWithoutSearch = storing(false, true)
