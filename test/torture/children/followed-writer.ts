import { ConvoDbError, type DatabaseManager } from 'convodb'
import type { Deed } from './follow-task.js'

const doneBy = async (call: () => Promise<unknown>): Promise<Deed['outcome']> => {
  try {
    await call()
    return 'done'
  } catch (error) {
    if (!(error instanceof ConvoDbError)) throw error
    if (error.code === 'OUTCOME_UNKNOWN') return 'unknown'
    // The lease's writer was lost, or the batch was refused for good: nothing was done.
    if (error.code === 'WORKER_LOST' || error.code === 'TRANSACTION_ENDED' || error.code === 'LEASE_EXPIRED')
      return 'refused'
    throw error
  }
}

/** Stores messages of its own, changes and deletes them, by calls and by SQL; never two steps at once on one message. */
export async function writeAndNote(db: DatabaseManager, name: string, steps: number): Promise<Deed[]> {
  const deeds: Deed[] = []
  const versions = new Map<string, number>()
  const note = async (step: Deed['step'], ids: readonly string[], call: () => Promise<unknown>) => {
    const outcome = await doneBy(call)
    deeds.push(...ids.map((messageId) => ({ messageId, step, outcome })))
    return outcome
  }
  const store = async (n: number) => {
    const ids = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, part) => `${name}-${n}-${part}`)
    const rows = ids.map((messageId) => ({
      messageId,
      channelId: `c${n % 4}`,
      userId: name,
      content: '1',
      timestamp: n,
    }))
    if ((await note('store', ids, () => db.addMessages(rows))) === 'done')
      ids.forEach((id) => versions.set(id, 1))
  }
  for (let n = 0; n < steps; n += 1) {
    const known = [...versions.keys()]
    const messageId = known[Math.floor(Math.random() * known.length)]
    const choice = Math.random()
    if (messageId === undefined || choice < 0.5) {
      await store(n)
      continue
    }
    const version = (versions.get(messageId) ?? 0) + 1
    versions.set(messageId, version)
    if (choice < 0.7) {
      await note('update', [messageId], () => db.updateMessage({ messageId, content: String(version) }))
    } else if (choice < 0.8) {
      const sql = 'UPDATE messages SET content = ? WHERE message_id = ?'
      const lease = () =>
        db.withConnection((connection) => connection.run(sql, [String(version), messageId]), {
          mode: 'write',
        })
      await note('update', [messageId], lease)
    } else if (choice < 0.9) {
      versions.delete(messageId)
      await note('delete', [messageId], () => db.deleteMessages([messageId]))
    } else {
      versions.delete(messageId)
      await note('delete', [messageId], () =>
        db.transaction((transaction) => transaction.deleteMessages([messageId])),
      )
    }
  }
  return deeds
}
