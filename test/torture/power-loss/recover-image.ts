import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { readSoundRows, writeImage } from '../replay/check-image.js'
import type { CrashImage } from '../replay/replay.js'
import { scratchFolder } from '../support/scratch.js'
import type { Plan } from '../workload/plan.js'
import { recognizeState } from '../workload/recognize.js'

/** Every so many images the library itself opens the file first. */
const openEvery = 50
const folder = join(scratchFolder(), 'image')

/**
 * Opens an image and tells how many of the plan's steps are in it.
 *
 * @throws when it is not a sound database in the state after one of the plan's steps
 */
export async function recoverImage(image: CrashImage, plan: Plan): Promise<number> {
  const path = writeImage(folder, image.files)
  const listed = image.number % openEvery === 0 ? await listThroughLibrary(path) : undefined
  const rows = readSoundRows(path)
  const messageCount = [...rows.keys()].filter((name) => name.startsWith('message ')).length
  if (listed !== undefined && listed !== messageCount) {
    throw new Error(`The library lists ${listed} messages of ${messageCount}`)
  }
  return recognizeState(plan.history, rows)
}

/** How many messages the library lists, which its counters must agree with. */
async function listThroughLibrary(path: string): Promise<number> {
  const db = await openDatabase(path)
  try {
    let listed = 0
    for (let channel = 0; channel < 10; channel += 1) {
      for await (const _ of db.iterateMessages({ channelId: `channel-${channel}` })) listed += 1
    }
    const counted = await db.countMessages()
    if (counted !== listed) throw new Error(`The library counts ${counted} messages and lists ${listed}`)
    return listed
  } finally {
    await db.close()
  }
}
