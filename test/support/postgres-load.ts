import { setTimeout as wait } from 'node:timers/promises'
import { ConvoDbError, type DatabaseManager } from 'convodb'
import { expect } from 'vitest'
import { message } from './databases.js'

/** What a call may be told while a server fails. */
export const documented = ['UNREACHABLE', 'OUTCOME_UNKNOWN', 'BUSY', 'TIMEOUT']

/** Stores without a pause until told to stop; gives what was acknowledged and what was refused. */
export function storeOn(db: DatabaseManager, name: string, together: number) {
  const acknowledged: string[] = []
  const refused: ConvoDbError[] = []
  const progress = { isOver: false, next: 0 }
  const lane = async (): Promise<void> => {
    while (!progress.isOver) {
      const next = (progress.next += 1)
      const messageId = `${name}-${next}`
      try {
        const row = message(messageId, { channelId: `${name}-${next % 5}`, userId: `${name}-${next % 7}` })
        await db.storeMessage(row)
        acknowledged.push(messageId)
      } catch (error) {
        if (!(error instanceof ConvoDbError)) throw error
        refused.push(error)
        await wait(10)
      }
    }
  }
  const lanes = Array.from({ length: together }, lane)
  return {
    acknowledged,
    refused,
    async stop() {
      progress.isOver = true
      await Promise.all(lanes)
    },
  }
}

/** Counters and rows say the same, and every message that was acknowledged is there. */
export async function expectWhole(db: DatabaseManager, acknowledged: readonly string[]): Promise<void> {
  const found = new Set<string>()
  for (let start = 0; start < acknowledged.length; start += 5_000) {
    const rows = await db.getMessagesByIds(acknowledged.slice(start, start + 5_000))
    for (const { messageId } of rows) found.add(messageId)
  }
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  const [rows] = await db.withConnection((connection) =>
    connection.all(`
      SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM message_places) AS places,
        (SELECT sum(message_count)::bigint FROM channels) AS "inChannels", (SELECT sum(message_count)::bigint FROM users) AS "ofUsers",
        (SELECT sum(cardinality(message_keys))::bigint FROM stored_messages) AS told`),
  )
  const messages = Number(rows?.['messages'])
  expect(rows).toEqual({
    messages,
    places: messages,
    inChannels: messages,
    ofUsers: messages,
    told: messages,
  })
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
}
