import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { DeathReport, DeathTask } from './children/death-control.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const preload = new URL('children/deadly-threads.cjs', import.meta.url)

it('a death of a worker loses nothing acknowledged, applies nothing twice, and leaves no call unanswered', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const report = await runDeaths({ path, kills: scale.workerKills })
  const stored = readIds(path)
  const lost = report.acknowledged.filter((messageId) => !stored.has(messageId))
  const twice = report.writeCodes['ALREADY_EXISTS'] ?? 0
  const unasked = report.refused.filter((messageId) => stored.has(messageId))
  reportFigures('worker deaths', {
    kills: report.kills,
    'of writers': report.restarts.writer,
    'of checkpointers': report.untold,
    acknowledged: report.acknowledged.length,
    lost: lost.length,
    'applied twice': twice,
    'outcome unknown': report.unknown.length,
    refused: report.refused.length,
    reads: report.reads,
    'failed reads': Object.values(report.readCodes).reduce((sum, count) => sum + count, 0),
    hung: report.unsettled,
  })
  expect(lost).toEqual([])
  expect(twice).toBe(0)
  expect(unasked).toEqual([])
  expect(report.unsettled).toBe(0)
  expect(report.misses).toBe(0)
  expect(report.kills).toBeGreaterThanOrEqual(scale.workerKills)
  // Each of these says what became of the call, and there is no other.
  for (const code of Object.keys(report.writeCodes))
    expect(['WORKER_LOST', 'OUTCOME_UNKNOWN']).toContain(code)
  for (const code of Object.keys(report.readCodes)) expect(code).toBe('WORKER_LOST')
  await expectWholeCounters(path, stored.size)
})

it('the control: without a record of committed batches some are applied twice', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const report = await runDeaths({ path, kills: 20 }, { FORGETS_BATCHES: '1' })
  expect(report.writeCodes['ALREADY_EXISTS'] ?? 0).toBeGreaterThan(0)
})

async function runDeaths(
  task: DeathTask,
  environment: Readonly<Record<string, string>> = {},
): Promise<DeathReport> {
  const { exitCode, stdout, stderr } = await runChild('run-deadly-threads', task, {
    // Small heaps are full soon.
    NODE_OPTIONS: `--max-old-space-size=220 --require=${fileURLToPath(preload)}`,
    ...environment,
  })
  expect(exitCode, stderr).toBe(0)
  const report: DeathReport = JSON.parse(stdout)
  return report
}

/** What is in the file, read by SQLite alone. */
function readIds(path: string): Set<string> {
  const database = new Database(path, { readonly: true })
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    return new Set(database.prepare<[], string>('SELECT message_id FROM messages').pluck().all())
  } finally {
    database.close()
  }
}

async function expectWholeCounters(path: string, count: number): Promise<void> {
  const db = await openDatabase(path)
  try {
    expect(await db.countMessages()).toBe(count)
    const { items } = await db.listChannels()
    const counts = await Promise.all(items.map(({ channelId }) => db.countMessages({ channelId, after: -1 })))
    expect(items.map(({ messageCount }) => messageCount)).toEqual(counts)
  } finally {
    await db.close()
  }
}
