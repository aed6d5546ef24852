import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { expectFollowed } from '../support/expect-followed.js'
import type { FollowReport, FollowTask } from './children/follow-task.js'
import type { FollowingReport, FollowingTask } from './children/following-task.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const preload = fileURLToPath(new URL('children/deadly-threads.cjs', import.meta.url))

it('a change is with 1,000 subscribers some milliseconds after its commit, while 20,000 messages/s are stored', async () => {
  const task: FollowingTask = {
    path: join(scratchFolder(), 'chat.db'),
    perSecond: 20_000,
    seconds: 10,
    subscribers: 1_000,
  }
  const { exitCode, stdout, stderr } = await runChild('run-following', task)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  const report: FollowingReport = JSON.parse(stdout)
  const { storedPerSecond, stored, told, fromCallMs, fromAnswerMs } = report
  reportFigures('following', {
    'stored/s': storedPerSecond,
    told,
    'ms from the call, p50': fromCallMs.p50,
    p99: fromCallMs.p99,
    'ms from the answer, p50': fromAnswerMs.p50,
    'its p99': fromAnswerMs.p99,
  })
  // The one of all channels and, of each channel, those 4 or 5 that follow it.
  expect(told).toBeGreaterThan(5 * stored)
  // On a quiet machine the 99th percentile is a tenth of this.
  expect(fromAnswerMs.p99).toBeLessThan(200)
})

it('followers see every change once and in order, while writers, leases and ports go on through deaths of the writer', async () => {
  const kills = Math.ceil(scale.workerKills / 10)
  const task: FollowTask = { path: join(scratchFolder(), 'chat.db'), steps: 40 * kills, kills }
  const { exitCode, stdout, stderr } = await runChild('run-followers', task, {
    NODE_OPTIONS: `--require=${preload}`,
  })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  const report: FollowReport = JSON.parse(stdout)
  reportFigures('followers', {
    deeds: report.deeds.length,
    'deaths of writers': report.kills,
    changes: report.afterwards.length,
    followers: Object.keys(report.seen).length,
    reconnections: report.reconnections,
  })
  expectFollowed(report)
  expect(report.kills).toBeGreaterThan(kills / 2)
})
