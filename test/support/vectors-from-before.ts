import { openDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { expect } from 'vitest'
import { message } from './databases.js'
import { randomNumbers } from './random-numbers.js'

export const patience = { timeout: 120_000 }
const dimension = 1_000
/** Of which a slice takes a hundred. */
export const storedVectors = 400
export const bothIndexes = [
  'message_embeddings_without_direction true',
  'segment_embeddings_without_direction true',
]

export const testVector = (n: number): Float32Array => randomNumbers(n).vector(dimension)

export const open = (url: string): Promise<DatabaseManager> => openDatabase(url, { readers: 1 })

/** A connection of the test's own. The server may be crashed on purpose. */
export async function connectOutside(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** What the test asks the server past the database under test. */
export class Outside {
  readonly #client: pg.Client

  constructor(client: pg.Client) {
    this.#client = client
  }

  readonly ask = async (sql: string): Promise<readonly unknown[]> =>
    (await this.#client.query({ text: sql, rowMode: 'array' })).rows.flat()

  readonly countUnfilled = () =>
    this.ask(`SELECT count(*)::int FROM message_embeddings WHERE direction IS NULL`)

  readonly comment = () =>
    this.ask(`SELECT col_description(attrelid, attnum) FROM pg_attribute
      WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction'`)

  /** Their names, and whether they are whole. */
  readonly indexes = () =>
    this.ask(`SELECT indexrelid::regclass::text || ' ' || indisvalid FROM pg_index
      WHERE indexrelid::regclass::text LIKE '%direction%' ORDER BY 1`)

  end = (): Promise<unknown> => this.#client.end().catch(() => 'it crashed')
}

/** Vectors of messages of two channels and of a segment, one of them of zeros, from before the server had pgvector. */
export async function storeWithoutDirections(url: string, outside: Outside): Promise<void> {
  const db = await open(url)
  await outside.ask('DROP EXTENSION vector CASCADE')
  const ids = Array.from({ length: storedVectors }, (_, n) => `m${n}`)
  await db.addMessages(ids.map((id, n) => message(id, { channelId: `c${n % 2}`, timestamp: n })))
  const segment = { segmentId: 's', channelId: 'c0', startTime: 0, endTime: 1, messages: ['m0'] }
  await db.createSegmentWithMessages(segment)
  for (let start = 0; start < storedVectors; start += 100)
    await db.storeEmbeddings(
      ids.slice(start, start + 100).map((ownerId, n) => ({
        ownerType: 'message' as const,
        ownerId,
        model: 'm',
        vector: start + n === 7 ? new Float32Array(dimension) : testVector(start + n),
      })),
    )
  await db.storeEmbeddings([{ ownerType: 'segment', ownerId: 's', model: 'm', vector: testVector(1) }])
  await db.close()
}

/** As a process leaves it that ends before it has filled anything. */
export async function addColumns({ ask }: Outside): Promise<void> {
  await ask('CREATE EXTENSION vector')
  await ask('ALTER TABLE message_embeddings ADD COLUMN direction vector')
  await ask('ALTER TABLE segment_embeddings ADD COLUMN direction vector')
  await ask(`COMMENT ON COLUMN message_embeddings.direction IS 'to be filled'`)
}

/** All is filled and indexed; what is found is what comparing one by one finds. */
export async function expectFilled(db: DatabaseManager, outside: Outside): Promise<void> {
  await expect.poll(outside.countUnfilled, patience).toEqual([1])
  await expect.poll(outside.comment, patience).toEqual([null])
  await expect.poll(outside.indexes, patience).toEqual(bothIndexes)
  expect((await db.stats()).vectorSearch).toBe('pgvector')
  for (const owner of ['message', 'segment'] as const) {
    const search = { model: 'm', vector: testVector(3), owner }
    const found = await db.searchByVector(search)
    expect(found).toHaveLength(owner === 'message' ? 10 : 1)
    expect(found).toEqual(await db.searchByVector({ ...search, exact: true }))
  }
  expect((await db.verify()).problems).toEqual([])
}

const warnings: unknown[] = []
process.on('warning', (warning) => {
  if (Reflect.get(warning, 'code') === 'CONVODB_PGVECTOR') warnings.push(warning)
})

/** What this process was warned of pgvector since it was asked last. */
export const takeWarnings = (): readonly unknown[] => warnings.splice(0)
