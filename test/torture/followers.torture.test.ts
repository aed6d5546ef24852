import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { expectFollowed } from '../support/expect-followed.js'
import { temporaryFolder } from '../support/databases.js'
import type { FollowReport, FollowTask } from './children/follow-task.js'
import { runChild } from './support/child.js'

const preload = fileURLToPath(new URL('./children/deadly-threads.cjs', import.meta.url))

async function runFollowers(task: FollowTask): Promise<FollowReport> {
  const { exitCode, stdout, stderr } = await runChild('run-followers', task, {
    NODE_OPTIONS: `--require=${preload}`,
  })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return JSON.parse(stdout)
}

it('followers who leave at any place see every change once and in order, while threads write, lease and die', async () => {
  const report = await runFollowers({ path: join(await temporaryFolder(), 'chat.db'), steps: 250, kills: 6 })
  expectFollowed(report)
  expect(report.kills).toBeGreaterThanOrEqual(6)
  expect(report.reconnections).toBeGreaterThan(100)
  expect(['OVERLOADED']).toEqual(expect.arrayContaining(Object.keys(report.codes)))
})
