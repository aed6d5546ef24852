import { openDatabase, verifyDatabase } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import type { BesideReport, BesideTask } from './children/beside-task.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

async function run(task: BesideTask): Promise<BesideReport> {
  const { exitCode, stdout, stderr } = await runChild('write-beside-others', task)
  expect(exitCode, stderr).toBe(0)
  const report: BesideReport = JSON.parse(stdout)
  return report
}

it('two processes on the same channels, ids, users and segments of PostgreSQL for a minute: nothing is lost, and all figures hold', async () => {
  const url = await server.createDatabase()
  await using db = await openDatabase(url, { readers: 1 })
  const told: string[] = []
  const followed = db.subscribe()
  const following = (async () => {
    for await (const change of followed) {
      if (change.kind === 'messageStored' && !change.messageId.startsWith('shared'))
        told.push(change.messageId)
    }
  })()
  const reports = await Promise.all(['one', 'two'].map((name) => run({ url, name, milliseconds: 60_000 })))
  const stored = reports.flatMap((report) => report.stored)
  await expect.poll(() => told.length, { timeout: 60_000 }).toBe(stored.length)
  await followed.return()
  await following
  const lost: string[] = []
  for (let at = 0; at < stored.length; at += 1_000) {
    const part = stored.slice(at, at + 1_000)
    const found = new Set((await db.getMessagesByIds(part)).map(({ messageId }) => messageId))
    lost.push(...part.filter((messageId) => !found.has(messageId)))
  }
  const increments = reports.reduce((sum, report) => sum + report.increments, 0)
  const codes = [...new Set(reports.flatMap((report) => Object.keys(report.codes)))].toSorted()
  reportFigures('two processes on PostgreSQL', {
    calls: reports.reduce((sum, report) => sum + report.calls, 0),
    stored: stored.length,
    lost: lost.length,
    'transactions counted': increments,
    codes: codes.join(' '),
  })
  expect(lost).toEqual([])
  expect(new Set(told)).toEqual(new Set(stored))
  expect((await db.getProfile('counter'))?.profile).toEqual({ count: increments })
  // A message or a segment that is not there, or is in another channel, and nothing else.
  for (const code of codes) expect(['NOT_FOUND', 'CONFLICT']).toContain(code)
  expect(await verifyDatabase(url)).toMatchObject({ isOk: true })
})
