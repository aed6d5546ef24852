import { execFile } from 'node:child_process'
import { rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DatabaseManager } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import type { GrowingStore } from '../measure/growth.js'
import { pages } from '../sides/reads/pages.js'
import { chunk, type Row } from '../rows.js'
import type { Vectors } from '../vectors.js'
import type { GrowthLook } from './figures.js'
import { lookAtReads } from './reads.js'
import { createGrowingRows, hasVector, idOf } from './rows.js'

const model = 'bench'
const vectorsPerCall = 1_000
const unmeasured = 'unmeasured'
const execute = promisify(execFile)
const backupProcess = fileURLToPath(new URL('backup-process.js', import.meta.url))

export interface GrowingSettings {
  readonly vectors: Vectors
  /** Calls of storeMessage under way at once. */
  readonly concurrency: number
  /** Reads of each kind at each close look. */
  readonly reads: number
  /** How long is stored at full speed beside a backup, at most, and how long waits are watched with nothing else going on. */
  readonly watchMs: number
  /** Times that a backup is opened, of which the median counts. */
  readonly openings: number
}

/** ConvoDB: one call a message, then the embeddings of a tenth of them. */
export const growingConvoDb = (
  db: DatabaseManager,
  { vectors, concurrency, reads, ...backupSettings }: GrowingSettings,
): GrowingStore => {
  const store = (rows: readonly Row[]): Promise<unknown> =>
    inParallel(rows, concurrency, (row) => db.storeMessage(row))

  async function storeMore(first: number, count: number): Promise<GrowthLook['figures']> {
    const indexes = Array.from({ length: count }, (_, index) => first + index).filter(hasVector)
    const embeddings = indexes.map((index) => ({
      ownerType: 'message' as const,
      ownerId: idOf(index),
      model,
      vector: vectors.at(index),
    }))
    const startMs = performance.now()
    for (const some of chunk(embeddings, vectorsPerCall)) await db.storeEmbeddings(some)
    return { embedUs: (1000 * (performance.now() - startMs)) / embeddings.length }
  }

  return {
    async warmUp(count) {
      const rows = createGrowingRows(count, 0)
      await store(rows.map((row) => ({ ...row, channelId: unmeasured, userId: unmeasured })))
      await storeMore(0, count)
      await db.deleteChannel(unmeasured)
    },
    store,
    storeMore,
    readPage: pages.viaFacade(db, { messageIds: [], segmentIds: [] }),
    look: async (messages) => ({
      ...(await lookAtReads(db, messages, reads)),
      ...(await lookAtFile(db, backupSettings)),
    }),
  }
}

/** The database itself stays as it is: a backup of it is what a process of its own works on. */
async function lookAtFile(
  db: DatabaseManager,
  { watchMs, openings }: Pick<GrowingSettings, 'watchMs' | 'openings'>,
): Promise<GrowthLook['figures']> {
  const path = `${db.path}-backup`
  const startMs = performance.now()
  await db.backup(path)
  const backupMs = performance.now() - startMs
  const fileMib = (await stat(path)).size / 1024 ** 2
  const { stdout } = await execute(process.execPath, [backupProcess, path, String(watchMs), String(openings)])
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
  const seen: GrowthLook['figures'] = JSON.parse(stdout)
  return { fileMib, backupMs, ...seen }
}
