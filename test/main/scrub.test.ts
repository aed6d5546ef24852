import { describe, expect, it, vi } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { listen } from '../support/diagnostics.js'
import { nextWarning } from '../support/warnings.js'

const patience = { timeout: 120_000, interval: 20 }

async function storedFile(): Promise<string> {
  const path = `${await temporaryFolder()}/chat.db`
  const db = await temporaryDatabase({ readers: 1 }, path)
  await db.addMessages(Array.from({ length: 3_000 }, (_, n) => message(`m${n}`, { timestamp: n })))
  await db.users.updateProfile({ userId: 'ada', profile: { likes: 'tea' } })
  await db.close()
  return path
}

describe('rows are compared with their checksums in the background', () => {
  it('finds a changed row that nobody reads: in stats, as an event and as a warning', async () => {
    const path = await damagedCopy(
      await storedFile(),
      `UPDATE messages SET content = 'hellp' WHERE message_id = 'm2900'`,
    )
    const { events } = listen('damage')
    const warned = nextWarning('CONVODB_DAMAGED_ROW')
    const db = await temporaryDatabase({ scrubRowsPerSecond: 100_000 }, path)
    await vi.waitFor(async () => expect((await db.stats()).scrub?.finishedPasses).toBe(1), patience)
    const row = { table: 'messages', key: '2901' }
    expect((await db.stats()).scrub).toMatchObject({ damagedRows: 1, firstDamaged: row })
    expect(events).toEqual([{ path, ...row }])
    expect(String(await warned)).toContain('row 2901 of messages')
  })

  it('goes through every row of a good file and finds nothing', async () => {
    const db = await temporaryDatabase({ scrubRowsPerSecond: 50_000 }, await storedFile())
    await vi.waitFor(async () => expect((await db.stats()).scrub?.finishedPasses).toBe(1), patience)
    const { scrub } = await db.stats()
    expect(scrub).toMatchObject({ damagedRows: 0, firstDamaged: null })
    expect(scrub?.checkedRows).toBe((await db.verify()).checkedRows)
  })

  it('does not where it is told not to', async () => {
    const db = await temporaryDatabase({ scrubRowsPerSecond: 0 })
    expect((await db.stats()).scrub).toBeNull()
  })
})
