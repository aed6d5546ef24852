import { axis, formatTick, ink, render } from './render.js'

export interface LineChart {
  readonly title: string
  readonly x: {
    readonly label: string
    /** The places from left to right, by which points name them; without it the axis is one of numbers. */
    readonly places?: readonly string[]
  }
  readonly y: { readonly label: string; readonly isLogarithmic?: boolean }
  readonly lines: readonly {
    readonly label: string
    readonly points: readonly (readonly [x: number | string, y: number])[]
  }[]
}

const plot = { left: 64, right: 40, top: 62, height: 260 }
const legendTop = 376
const legendLine = 18

/** Lines with a marker at each point, as an SVG document. */
export function drawLineChart({ title, x, y, lines }: LineChart): string {
  const positive = lines
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter((value) => value > 0)
  // A logarithm of zero is nowhere: what is nothing stands on the lowest power of ten.
  const smallest = positive.length === 0 ? 1 : Math.min(...positive)
  const lowest = y.isLogarithmic ? 10 ** Math.floor(Math.log10(smallest)) : 0
  return render(title, legendTop + lines.length * legendLine + 12, {
    grid: plot,
    legend: {
      type: 'plain',
      orient: 'vertical',
      left: plot.left - 5,
      top: legendTop - 5,
      itemGap: 4,
      itemHeight: 14,
      textStyle: { color: ink },
    },
    xAxis: {
      ...axis,
      ...(x.places === undefined
        ? { type: 'value', axisLabel: { ...axis.axisLabel, formatter: formatTick } }
        : { type: 'category', data: [...x.places], boundaryGap: false }),
      splitLine: { show: false },
      name: x.label,
      nameLocation: 'middle',
      nameGap: 30,
    },
    yAxis: {
      ...axis,
      type: y.isLogarithmic ? 'log' : 'value',
      min: lowest,
      axisLabel: { ...axis.axisLabel, formatter: formatTick },
      name: y.label,
      nameGap: 12,
      nameTextStyle: { ...axis.nameTextStyle, align: 'left', padding: [0, 0, 0, 16 - plot.left] },
    },
    series: lines.map(({ label, points }) => ({
      type: 'line',
      name: label,
      symbol: 'circle',
      symbolSize: points.length > 30 ? 3 : 7,
      lineStyle: { width: 2 },
      data: points.map(([place, value]) => [place, Math.max(value, lowest)]),
    })),
  })
}
