import { describe, expect, it } from 'vitest'
import { drawBarChart } from '../../bench/report/charts/bar-chart.js'
import { drawLineChart } from '../../bench/report/charts/line-chart.js'

/** Every opening tag has its end, in order; numbers are numbers. */
function expectWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, closes, tag = '', isEmpty] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (closes === '/') expect(open.pop()).toBe(tag)
    else if (isEmpty !== '/') open.push(tag)
  }
  expect(open).toStrictEqual([])
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
}

const textsOf = (svg: string): (string | undefined)[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)

describe('drawLineChart', () => {
  const places = ['one', 'ten', 'hundred']
  const lineChart = (isLogarithmic: boolean, ...values: number[]): string =>
    drawLineChart({
      title: 'a < b & "c"',
      x: { label: 'calls', places },
      y: { label: 'per second', isLogarithmic },
      lines: ['ours', 'theirs'].map((label) => ({
        label,
        points: places.map((place, index) => [place, values[index] ?? 0]),
      })),
    })

  it('names its lines, places and axes, escapes texts, and follows light and dark', () => {
    const svg = lineChart(true, 10, 50, 1000)
    expectWellFormed(svg)
    const texts = ['a &lt; b &amp; &quot;c&quot;', 'ours', 'theirs', ...places, 'calls', 'per second']
    expect(textsOf(svg)).toEqual(expect.arrayContaining([...texts, '10', '100', '1K']))
    expect(svg).toContain('prefers-color-scheme:dark')
  })

  it.each([
    [true, [0, 0, 7]],
    [true, [0, 0, 0]],
    [false, [7, 7, 7]],
    [false, [0, 0, 0]],
    [true, [Number.NaN, 5, 5]],
  ])('survives zeros, equal and missing values (logarithmic: %s, %j)', (isLogarithmic, values) => {
    expectWellFormed(lineChart(isLogarithmic, ...values))
  })
})

describe('drawBarChart', () => {
  it('draws longer bars for larger values, each with its label and its figure', () => {
    const svg = drawBarChart({
      title: 'speed',
      label: 'messages/s',
      bars: [
        { label: 'ours', value: 100, text: '100', min: 90, max: 110 },
        { label: 'theirs', value: 10, text: '10', min: 10, max: 10 },
        { label: 'nobody', value: 0, text: '0', min: 0, max: 0 },
      ],
    })
    expectWellFormed(svg)
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['speed', 'messages/s', 'ours: 100', 'theirs: 10']))
    const [ours = 0, theirs = 0, nobody] = [...svg.matchAll(/<path d="M16 \d+l([\d.]+) 0l/g)].map(
      ([, length]) => Number(length),
    )
    expect(ours).toBeGreaterThan(300)
    expect(ours / theirs).toBeCloseTo(10)
    expect(nobody).toBe(1)
  })
})
