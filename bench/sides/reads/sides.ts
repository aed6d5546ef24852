import { deepStrictEqual } from 'node:assert'
import { inParallel } from '../../measure/in-parallel.js'
import { inTurn } from '../../measure/in-turn.js'
import { describeConvoDb, openConvoDb, pathIn } from '../convodb.js'
import type { Side } from '../side.js'
import { describeSqlite, openSqlite } from '../sqlite.js'
import { createArchive } from './archive.js'
import type { Read } from './read.js'

const comparedReads = 20
const readsPerTurn = 64
const indexes = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** Each read through the facade's reader threads. */
export const viaConvoDb =
  ({ viaFacade }: Read): Side =>
  async (input) => {
    const archive = await createArchive(input.folder, input.rows)
    await using db = await openConvoDb(input)
    const read = viaFacade(db, archive)
    const report = await inParallel(indexes(input.reads), input.concurrency, read)
    return { items: input.reads, ...report, engine: await describeConvoDb(db) }
  }

/** Each read on the calling thread, one after another, once it is shown that it yields what the facade yields. */
export const directly =
  ({ viaFacade, direct }: Read): Side =>
  async (input) => {
    const archive = await createArchive(input.folder, input.rows)
    const database = openSqlite(pathIn(input.folder))
    const read = direct(database, archive)
    const db = await openConvoDb(input)
    for (const index of indexes(comparedReads)) {
      deepStrictEqual(read(index), await viaFacade(db, archive)(index))
    }
    await db.close()
    const report = await inTurn(indexes(input.reads), readsPerTurn, read)
    const engine = describeSqlite(database)
    database.close()
    return { items: input.reads, ...report, engine }
  }
