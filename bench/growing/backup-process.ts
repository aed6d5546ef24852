/** A child process: what is done to a whole file, and what takes large parts of it away, on a backup that it may spoil. */
import { rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase, type DatabaseManager } from 'convodb'
import { median } from '../measure/statistics.js'
import type { GrowthLook } from './figures.js'
import { channelOfRank, createGrowingRows, talkativeUser } from './rows.js'
import { storeBeside } from './waits.js'

const inFlight = 2_000
/** Rows that nobody has yet, to store beside the backup. */
const rowsAtOnce = 20_000
const firstOfOwn = 1_000_000_000

const [path = '', watchMs = '0', openings = '1'] = process.argv.slice(2)

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

async function openingMs(): Promise<number> {
  const timesMs: number[] = []
  for (let opening = 0; opening < Number(openings); opening += 1) {
    const startMs = performance.now()
    const db = await openDatabase(path)
    timesMs.push(performance.now() - startMs)
    await db.close()
  }
  return median(timesMs)
}

async function verifyMs(db: DatabaseManager): Promise<number> {
  return timed(async () => {
    const { isOk, problems } = await db.verify()
    if (!isOk) throw new Error(`The backup is damaged: ${JSON.stringify(problems.slice(0, 3))}`)
  })
}

/** Stores at full speed for a while, but no longer than `until` takes. @returns us a message */
async function storeUs(db: DatabaseManager, first: number, until: Promise<unknown>): Promise<number> {
  const state = { isOver: false }
  const over = (): void => {
    state.isOver = true
  }
  until.then(over, over)
  const startMs = performance.now()
  let stored = 0
  let elapsedMs = 0
  do {
    const rows = createGrowingRows(rowsAtOnce, first + stored)
    elapsedMs += await timed(async () => {
      let next = 0
      const lane = async (): Promise<void> => {
        for (let row = rows[next++]; row !== undefined && !state.isOver; row = rows[next++]) {
          await db.storeMessage(row)
          stored += 1
        }
      }
      await Promise.all(Array.from({ length: inFlight }, lane))
    })
  } while (!state.isOver && performance.now() - startMs < Number(watchMs))
  return (1000 * elapsedMs) / stored
}

async function backupSlowdown(db: DatabaseManager): Promise<number> {
  const aloneUs = await storeUs(db, firstOfOwn, wait(Number(watchMs)))
  const copyPath = `${path}-copy`
  const backup = db.backup(copyPath)
  const besideUs = await storeUs(db, 2 * firstOfOwn, backup)
  await backup
  await rm(copyPath)
  return besideUs / aloneUs
}

async function look(): Promise<GrowthLook['figures']> {
  const openMs = await openingMs()
  await using db = await openDatabase(path)
  const verified = await verifyMs(db)
  const quiet = await storeBeside(db, 'quiet', () => wait(Number(watchMs)))
  const forget = await storeBeside(db, 'forget', () => db.forgetUser(talkativeUser))
  const { items } = await db.getUserMessages({ userId: talkativeUser })
  if (items.length > 0) throw new Error('Not all is forgotten')
  const channelId = channelOfRank(0)
  const deletedMessages = await db.countMessages({ channelId })
  const deletion = await storeBeside(db, 'delete', () => db.deleteChannel(channelId))
  if ((await db.countMessages({ channelId })) !== 0) throw new Error('Not all is deleted')
  // Last, since it adds to what there is.
  const slowdown = await backupSlowdown(db)
  return {
    openMs,
    verifyMs: verified,
    backupSlowdown: slowdown,
    quietWaitMs: quiet.longestWaitMs,
    forgottenMessages: forget.result.messages,
    forgetMs: forget.elapsedMs,
    forgetWaitMs: forget.longestWaitMs,
    deletedMessages,
    deleteMs: deletion.elapsedMs,
    deleteWaitMs: deletion.longestWaitMs,
  }
}

process.stdout.write(JSON.stringify(await look()))
