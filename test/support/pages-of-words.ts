import type { DatabaseManager } from 'convodb'
import { expect, vi } from 'vitest'

/** Waits for the words of a whole block, which wait for an idle writer. */
export async function untilWordsArePaged(db: DatabaseManager): Promise<void> {
  const sql = 'SELECT count(*) AS pages FROM message_words'
  await vi.waitFor(
    async () =>
      expect(await db.withConnection((connection) => connection.get(sql))).not.toEqual({ pages: 0 }),
    { timeout: 30_000 },
  )
}
