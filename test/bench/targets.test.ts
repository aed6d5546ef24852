import { describe, expect, it } from 'vitest'
import { atLeast, atMost, atMostSum } from '../../bench/cases/target.js'
import type { MetricName } from '../../bench/run/metrics.js'
import { judgeTarget } from '../../bench/run/target-report.js'

const side = (name: string, metric: MetricName, median: number) => ({
  name,
  metrics: { [metric]: { median, min: median, max: median, values: [median] } },
})

describe('judgeTarget', () => {
  const speeds = [
    side('ours', 'perSecond', 100),
    side('slow', 'perSecond', 10),
    side('fast', 'perSecond', 20),
  ]
  const latencies = [
    side('ours', 'latencyP50Ms', 3),
    side('a', 'latencyP50Ms', 1),
    side('b', 'latencyP50Ms', 2),
  ]

  it('compares with the best of several sides', () => {
    const target = atLeast(5, 'ours', 'perSecond', ['slow', 'fast'])
    expect(judgeTarget(target, speeds)).toMatchObject({ value: 5, met: true, missing: [] })
  })

  it('takes the lower figure as the better one of latencies', () => {
    const target = atMost(2, 'ours', 'latencyP50Ms', ['a', 'b'])
    expect(judgeTarget(target, latencies)).toMatchObject({ value: 3, met: false })
  })

  it('adds several sides up', () => {
    const target = atMostSum(1.6, 'ours', 'latencyP50Ms', ['a', 'b'])
    expect(judgeTarget(target, latencies)).toMatchObject({ value: 1, met: true })
  })

  it('holds the figure itself against the limit', () => {
    expect(judgeTarget(atMost(2, 'ours', 'latencyP50Ms'), latencies)).toMatchObject({ value: 3, met: false })
  })

  it('says what is missing; without any peer there is no verdict', () => {
    const some = atLeast(5, 'ours', 'perSecond', ['slow', 'absent'])
    expect(judgeTarget(some, speeds)).toMatchObject({ value: 10, met: true, missing: ['absent'] })
    const none = atLeast(5, 'ours', 'perSecond', ['absent'])
    expect(judgeTarget(none, speeds)).toMatchObject({ value: null, met: null, missing: ['absent'] })
    const incompleteSum = atMostSum(2, 'ours', 'latencyP50Ms', ['a', 'absent'])
    expect(judgeTarget(incompleteSum, latencies)).toMatchObject({ value: null, met: null })
  })
})
