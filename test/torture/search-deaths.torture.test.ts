import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { DeathTask } from './children/death-control.js'
import type { SearchDeathReport } from './children/search-while-writers-die.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const preload = new URL('children/deadly-threads.cjs', import.meta.url)

it('searches go on while the writer dies, and find what was acknowledged and nothing that is gone', async () => {
  const task: DeathTask = { path: join(scratchFolder(), 'chat.db'), kills: scale.workerKills / 4 }
  const { exitCode, stdout, stderr } = await runChild('search-while-writers-die', task, {
    NODE_OPTIONS: `--require=${fileURLToPath(preload)}`,
  })
  expect(exitCode, stderr).toBe(0)
  const report: SearchDeathReport = JSON.parse(stdout)
  const { kills, writerRestarts, searches, messages } = report
  reportFigures('searches beside a dying writer', { kills, 'of writers': writerRestarts, searches, messages })
  expect(kills).toBeGreaterThanOrEqual(task.kills)
  // Readers are not what dies here.
  expect(writerRestarts).toBe(kills)
  expect(searches).toBeGreaterThan(kills)
  expect(report.wrong).toEqual([])
  expect(report.searchCodes).toEqual([])
  for (const code of Object.keys(report.writeCodes))
    expect(['WORKER_LOST', 'OUTCOME_UNKNOWN']).toContain(code)
  // More than one block of words.
  expect(messages).toBeGreaterThan(8_192)
  expect(report.isOk).toBe(true)
})
