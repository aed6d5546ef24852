import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ScheduledBackups } from '../../src/cli/serve/scheduled-backups.js'
import { temporaryFolder } from '../support/databases.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const dayMs = 86_400_000
const report = { path: '', fileBytes: 0, elapsedMs: 0, checkedRows: 0 }

it.each([1, 24, 25, 30, 365])(
  'a backup every %i days is made as often as that, and no sooner',
  async (days) => {
    const backup = vi.fn(async () => report)
    const logger = { info: vi.fn(), error: vi.fn() }
    const schedule = { everyMs: days * dayMs, keep: 8, folder: await temporaryFolder() }
    const backups = new ScheduledBackups({ path: 'chat.db', backup }, schedule, logger)
    await vi.advanceTimersByTimeAsync(days * dayMs - 1)
    expect(backup).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(backup).toHaveBeenCalledTimes(1)
    await backups.close()
    await vi.advanceTimersByTimeAsync(days * dayMs)
    expect(backup).toHaveBeenCalledTimes(1)
  },
)
