import { describe, expect, it } from 'vitest'
import { foreignShare, parseProcessorTime, readProcessorTime } from '../../bench/measure/processor-time.js'
import { disturbanceOf } from '../../bench/run/disturbance.js'

const best = { loopMs: 4, syncMs: 0.3 }
const quiet = { calibrations: [best, { loopMs: 4.4, syncMs: 0.8 }], foreignShare: 0.05 }

describe('a run of a side', () => {
  it('is not disturbed by what a quiet machine does by itself', () => {
    expect(disturbanceOf(quiet, best)).toBeUndefined()
  })

  it('is disturbed by others at work, and says by how many', () => {
    expect(disturbanceOf({ ...quiet, foreignShare: 0.45 }, best)).toEqual({
      degree: expect.closeTo(3),
      reason: 'others used 45 % of the processors',
    })
  })

  it.each([0, 1])('is disturbed by slow cores, before it or after it (%i)', (place) => {
    const calibrations = quiet.calibrations.with(place, { ...best, loopMs: 8 })
    expect(disturbanceOf({ ...quiet, calibrations }, best)?.reason).toBe(
      'a loop took 2.0 times as long as at best',
    )
  })

  it.each([0, 1])('is disturbed by a disk far from its best, before it or after it (%i)', (place) => {
    const calibrations = quiet.calibrations.with(place, { ...best, syncMs: 3 })
    expect(disturbanceOf({ ...quiet, calibrations }, best)?.reason).toBe(
      'an fsync took 10.0 times as long as at best',
    )
  })

  it('is as disturbed as by the worst of all', () => {
    const calibrations = [{ loopMs: 40, syncMs: 3 }]
    const found = disturbanceOf({ calibrations, foreignShare: 0.9 }, best)
    expect(found?.reason).toContain('a loop')
    expect(found?.degree).toBeGreaterThan(
      disturbanceOf({ calibrations: [best], foreignShare: 0.9 }, best)?.degree ?? 9,
    )
  })

  it('is judged by calibrations alone where nobody tells who used the processors', () => {
    const unknown = { ...quiet, foreignShare: undefined }
    expect(disturbanceOf(unknown, best)).toBeUndefined()
    expect(disturbanceOf({ ...unknown, calibrations: [{ ...best, loopMs: 8 }] }, best)).toBeDefined()
  })
})

describe('the share of foreign processor time', () => {
  const machine = (user: number, idle: number, steal: number): string =>
    `cpu  ${user} 10 20 ${idle} 30 4 5 ${steal} 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n`
  const self = (user: number, children: number): string =>
    `7 (node (a) b) S 1 7 7 0 -1 4194304 100 200 0 0 ${user} 3 ${children} 2 20 0 11 0 99\n`

  it('is what neither this process nor its ended children used, with what the host gave to others', () => {
    const from = parseProcessorTime(machine(1000, 5000, 0), self(100, 50))
    expect(from).toEqual({ used: 1039, own: 155, all: 6069 })
    // 400 ticks in all: 200 used and 40 stolen, of which 90 are the process's own and 60 its children's.
    const to = parseProcessorTime(machine(1200, 5160, 40), self(190, 110))
    expect(foreignShare(from, to)).toBeCloseTo((240 - 150) / 400)
  })

  it('is never negative, nor no number where no time has passed', () => {
    const from = parseProcessorTime(machine(1000, 5000, 0), self(100, 50))
    expect(foreignShare(from, from)).toBe(0)
    expect(foreignShare(from, parseProcessorTime(machine(1001, 5099, 0), self(190, 50)))).toBe(0)
  })

  it('is read from this machine, where it has a /proc', () => {
    const time = readProcessorTime()
    if (process.platform !== 'linux') return
    expect(time?.own).toBeGreaterThan(0)
    expect(time?.used).toBeGreaterThan(time?.own ?? Number.NaN)
    expect(time?.all).toBeGreaterThanOrEqual(time?.used ?? Number.NaN)
  })
})
