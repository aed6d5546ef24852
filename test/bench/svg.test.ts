import { describe, expect, it } from 'vitest'
import { createAxis } from '../../bench/report/svg/axis.js'
import { drawBarChart } from '../../bench/report/svg/bar-chart.js'
import { drawLineChart } from '../../bench/report/svg/line-chart.js'

const range = { from: 0, to: 100 }

describe('createAxis', () => {
  it('runs from zero in round steps that hold the highest value', () => {
    const axis = createAxis('linear', [3, 42], range)
    expect(axis.ticks).toStrictEqual([0, 10, 20, 30, 40, 50])
    expect(axis.toPixels(25)).toBe(50)
  })

  it('runs from power of ten to power of ten', () => {
    const axis = createAxis('log', [20, 3000], range)
    expect(axis.ticks).toStrictEqual([10, 100, 1000, 10_000])
    expect(axis.toPixels(10)).toBe(0)
    expect(axis.toPixels(10_000)).toBe(100)
  })

  it.each(['linear', 'log'] as const)('survives zeros, equal and missing values (%s)', (kind) => {
    for (const values of [[], [0, 0], [7, 7], [Number.NaN, 5]]) {
      const axis = createAxis(kind, values, range)
      expect(axis.ticks.every(Number.isFinite), String(values)).toBe(true)
      expect(axis.toPixels(0)).toBe(0)
    }
  })
})

/** Every opening tag has its end, in order; numbers are numbers. */
function expectWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, closes, tag = '', isEmpty] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (closes === '/') expect(open.pop()).toBe(tag)
    else if (isEmpty !== '/') open.push(tag)
  }
  expect(open).toStrictEqual([])
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
}

describe('drawLineChart', () => {
  const svg = drawLineChart({
    title: 'a < b & "c"',
    x: {
      label: 'calls',
      kind: 'log',
      ticks: [
        [1, 'one'],
        [100, 'hundred'],
      ],
    },
    y: { label: 'per second', kind: 'log' },
    lines: [
      {
        label: 'ours',
        points: [
          [1, 10],
          [10, 50],
          [100, 1000],
        ],
      },
      {
        label: 'theirs',
        points: [
          [1, 20],
          [100, 20],
        ],
      },
    ],
  })

  it('is well-formed, its texts escaped', () => {
    expectWellFormed(svg)
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;')
  })

  it('has a path, markers and a legend entry for each line, and follows light and dark', () => {
    expect(svg.match(/<path /g)).toHaveLength(2)
    expect(svg.match(/<circle /g)).toHaveLength(5)
    for (const label of ['ours', 'theirs', 'one', 'hundred', 'calls', 'per second']) {
      expect(svg).toContain(`>${label}</text>`)
    }
    expect(svg).toContain('prefers-color-scheme:dark')
  })
})

describe('drawBarChart', () => {
  it('draws longer bars for larger values', () => {
    const svg = drawBarChart({
      title: 'speed',
      label: 'messages/s',
      bars: [
        { label: 'ours', value: 100, text: '100', min: 90, max: 110 },
        { label: 'theirs', value: 0, text: '0', min: 0, max: 0 },
      ],
    })
    expectWellFormed(svg)
    const [ours = 0, theirs = 0] = [...svg.matchAll(/class="fill-\d"[^>]+width="([\d.]+)"/g)].map(
      ([, length]) => Number(length),
    )
    expect(ours).toBeGreaterThan(300)
    expect(theirs).toBe(1)
  })
})
