import { axis, formatTick, ink, render } from './render.js'

export interface BarChart {
  readonly title: string
  /** What the bars' length means. */
  readonly label: string
  readonly bars: readonly {
    readonly label: string
    readonly value: number
    /** The value as it is written above the bar. */
    readonly text: string
    /** Over the rounds. */
    readonly min: number
    readonly max: number
  }[]
}

const pitch = 46

/** Horizontal bars, each under its label, with a whisker from the slowest to the fastest round, as an SVG document. */
export function drawBarChart({ title, label, bars }: BarChart): string {
  const height = bars.length * pitch
  return render(title, height + 100, {
    grid: { left: 16, right: 40, top: 44, height },
    xAxis: {
      ...axis,
      type: 'value',
      max: ({ max }) => Math.max(max, ...bars.map((bar) => bar.max)),
      axisLabel: { ...axis.axisLabel, formatter: formatTick, hideOverlap: true },
      name: label,
      nameLocation: 'start',
      nameGap: 0,
      nameTextStyle: { ...axis.nameTextStyle, align: 'left', verticalAlign: 'top', padding: [30, 0, 0, 0] },
    },
    yAxis: {
      ...axis,
      type: 'category',
      inverse: true,
      data: bars.map((bar) => `${bar.label}: ${bar.text}`),
      splitLine: { show: false },
      axisLabel: { color: ink, inside: true, margin: 0, verticalAlign: 'bottom', padding: [0, 0, 10, 0] },
    },
    series: {
      type: 'bar',
      colorBy: 'data',
      barWidth: 16,
      barMinHeight: 1,
      data: bars.map(({ value }) => value),
      markLine: {
        symbol: 'none',
        label: { show: false },
        lineStyle: { type: 'solid', width: 1.5, color: ink },
        data: bars.map(({ min, max }, index) => [{ coord: [min, index] }, { coord: [max, index] }]),
      },
    },
  })
}
