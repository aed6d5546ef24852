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

/** What a quiet machine holds, and what is left of one that is busy. */
const paces = [20_000, 10_000, 5_000, 2_500]

async function follow(perSecond: number): Promise<FollowingReport> {
  const path = join(scratchFolder(), `chat ${perSecond}.db`)
  const task: FollowingTask = { path, perSecond, seconds: 10, subscribers: 1_000 }
  const { exitCode, stdout, stderr } = await runChild('run-following', task)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  const report: FollowingReport = JSON.parse(stdout)
  const { storedPerSecond, followedPerSecond, told, fromCallMs, fromAnswerMs } = report
  reportFigures(`following ${perSecond}/s`, {
    'stored/s': storedPerSecond,
    'followed/s': followedPerSecond,
    told,
    'ms from the call, p50': fromCallMs.p50,
    p99: fromCallMs.p99,
    'ms from the answer, p50': fromAnswerMs.p50,
    'its p99': fromAnswerMs.p99,
  })
  // The one of all channels and, of each channel, those 4 or 5 that follow it.
  expect(told).toBeGreaterThan(5 * report.stored)
  return report
}

it('a change is with 1,000 subscribers some milliseconds after its commit, at the first pace that the machine holds', async () => {
  const tried: FollowingReport[] = []
  for (const pace of paces) {
    const report = await follow(pace)
    tried.push(report)
    // Who falls behind has a queue that grows as long as one looks: its delays say nothing.
    if (report.followedPerSecond < 0.98 * pace) continue
    // On a quiet machine the 99th percentile is a tenth of this.
    expect(report.fromAnswerMs.p99).toBeLessThan(200)
    return
  }
  expect.fail(`no pace was held: ${JSON.stringify(tried)}`)
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
