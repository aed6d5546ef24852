import { openDatabase } from 'convodb'
import { message } from './databases.js'

/** So many messages, each with a key of its own, in nine channels. */
export const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) =>
    message(`m${from + n}`, { channelId: `c${n % 9}`, content: 'x'.repeat(200), timestamp: n }),
  )

/** How many messages a file has. */
export async function countIn(path: string): Promise<number> {
  const db = await openDatabase(path, { readOnly: true, readers: 1 })
  try {
    return await db.countMessages()
  } finally {
    await db.close()
  }
}
