import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import type { MemoryReport, OverloadReport, OverloadTask } from './children/overload-task.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'

const factor = 10
const mebibyte = 1024 * 1024
/**
 * A call that waits takes some 1.5 KB with its promise: a quarter of a second of them is a few megabytes. The rest is what V8
 * lets gather before it collects: each refused call leaves its parameters and an error behind. Calls
 * that all wait pass this bound, as the second test shows.
 */
const heapBoundBytes = 320 * mebibyte
/** The heap's own, V8's room to move it, and what SQLite's caches and the threads' heaps may still grow by. */
const rssBoundBytes = 448 * mebibyte

/** On a real disk, whose syncs limit what is stored. */
async function run<Report>(task: Omit<OverloadTask, 'path'>): Promise<Report> {
  const path = join(await temporaryFolder(), 'chat.db')
  const { stdout, stderr } = await runChild('run-overload', { ...task, path })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

it('ten times what it can do: memory stays bounded, every call is answered, and recovery is immediate', async () => {
  const seconds = scale.overloadSeconds
  const report = await run<OverloadReport>({ seconds, factor, queuedWorkMs: 250 })
  const { capacity, offered, offeredPerSecond, stored, refused, otherErrors, acknowledged, messages } = report
  const rounded = Object.fromEntries(
    Object.entries(report).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.round(value * 100) / 100 : value.length,
    ]),
  )
  reportFigures(`overload for ${seconds} s`, rounded)
  // Offered as meant: by the clock, and not as much as could be answered.
  expect(offeredPerSecond).toBeGreaterThan(0.9 * factor * capacity)
  // Every call was answered: `stored` is what was neither refused nor failed, and all of it is there.
  expect(otherErrors).toEqual([])
  expect(stored + refused).toBe(offered)
  expect(report.refusedLate).toBe(0)
  expect(report.lost).toBe(0)
  expect(messages).toBe(acknowledged)
  // Refusing takes time too, of the same cores, and on a busy machine there is little of it; it does not keep the writer from
  // its work. (Where refusing cost more than a call, a twentieth was left on an idle one.)
  expect(stored / seconds).toBeGreaterThan(capacity / 10)
  expect(report.heapGrowthBytes).toBeLessThan(heapBoundBytes)
  expect(report.rssGrowthBytes).toBeLessThan(rssBoundBytes)
  expect(report.turnMsPercentile99).toBeLessThan(50)
  expect(report.longestTurnMs).toBeLessThan(1_000)
  expect(report.firstAfterMs).toBeLessThan(1_000)
  expect(report.loneAfterMs).toBeLessThan(3 * report.loneBeforeMs + 2)
})

it('is not bounded where the queue is not', async () => {
  const seconds = scale.overloadSeconds
  const { heapGrowthBytes } = await run<MemoryReport>({ seconds, factor, queuedWorkMs: null })
  reportFigures(`overload for ${seconds} s without a bound`, {
    'heap growth, MiB': Math.round(heapGrowthBytes / mebibyte),
  })
  expect(heapGrowthBytes).toBeGreaterThan(heapBoundBytes)
})
