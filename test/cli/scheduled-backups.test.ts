import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ScheduledBackups } from '../../src/cli/serve/scheduled-backups.js'
import { temporaryFolder } from '../support/databases.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const dayMs = 86_400_000
const report = { path: '', fileBytes: 0, elapsedMs: 0, checkedRows: 0 }

/** Backups of `chat.db` every so many days, in a folder that has some of such ages. */
async function start(days: number, ages: readonly number[]) {
  const folder = await temporaryFolder()
  for (const age of ages) {
    const time = new Date(Date.now() - age * dayMs).toISOString().replaceAll(':', '-')
    await writeFile(join(folder, `chat-${time}.db`), '')
  }
  // Of another database, and of no time.
  await writeFile(join(folder, 'chatter-2026-01-01T00-00-00.000Z.db'), '')
  await writeFile(join(folder, 'chat-copy.db'), '')
  const backup = vi.fn(async () => report)
  const logger = { info: vi.fn(), error: vi.fn() }
  const schedule = { everyMs: days * dayMs, keep: 8, folder }
  return { backup, backups: await ScheduledBackups.start({ path: 'chat.db', backup }, schedule, logger) }
}

it.each([1, 24, 25, 30, 365])(
  'a backup every %i days is made as often as that, and no sooner',
  async (days) => {
    const { backup, backups } = await start(days, [0])
    await vi.advanceTimersByTimeAsync(days * dayMs - 1)
    expect(backup).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(backup).toHaveBeenCalledTimes(1)
    await backups.close()
    await vi.advanceTimersByTimeAsync(days * dayMs)
    expect(backup).toHaveBeenCalledTimes(1)
  },
)

it.each([
  ['none', [], 0],
  ['one that is old enough', [8], 0],
  ['one of three days', [3], 4],
  ['several, the newest of one day', [15, 8, 1], 6],
  ['one of tomorrow, when the clock was wrong', [-1], 7],
])('of a weekly backup the first is due by those that are there: %s', async (_, ages, dueInDays) => {
  const { backup, backups } = await start(7, ages)
  await vi.advanceTimersByTimeAsync(Math.max(0, dueInDays * dayMs - 1))
  expect(backup).toHaveBeenCalledTimes(dueInDays === 0 ? 1 : 0)
  await vi.advanceTimersByTimeAsync(1)
  expect(backup).toHaveBeenCalledTimes(1)
  await backups.close()
})
