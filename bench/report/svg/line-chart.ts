import { createAxis, formatTick, type Axis, type AxisKind } from './axis.js'
import { element, text } from './element.js'
import { fillClass, legend, legendHeight, lineClass, picture, width } from './frame.js'

export interface LineChart {
  readonly title: string
  readonly x: {
    readonly label: string
    readonly kind: AxisKind
    /** Where to put which text; without it the axis chooses its own. */
    readonly ticks?: readonly (readonly [value: number, label: string])[]
  }
  readonly y: { readonly label: string; readonly kind: AxisKind }
  readonly lines: readonly {
    readonly label: string
    readonly points: readonly (readonly [number, number])[]
  }[]
}

const plot = { left: 64, right: width - 24, top: 62, bottom: 322 }

/** Lines with a marker at each point, as an SVG document. */
export function drawLineChart({ title, x, y, lines }: LineChart): string {
  const points = lines.flatMap((line) => line.points)
  const xAxis = xAxisOf(
    x,
    points.map(([value]) => value),
  )
  const yAxis = createAxis(
    y.kind,
    points.map(([, value]) => value),
    { from: plot.bottom, to: plot.top },
  )
  const labels = lines.map(({ label }) => label)
  const legendTop = plot.bottom + 56
  return picture(
    title,
    legendTop + legendHeight(labels) + 12,
    text(y.label, { class: 'soft', x: 16, y: 48 }),
    ...yAxis.ticks.map((tick) => yTick(tick, yAxis.toPixels(tick))),
    ...(x.ticks ?? xAxis.ticks.map((tick) => [tick, formatTick(tick)] as const)).map(([value, label]) =>
      text(label, { class: 'soft', x: xAxis.toPixels(value), y: plot.bottom + 18, 'text-anchor': 'middle' }),
    ),
    text(x.label, {
      class: 'soft',
      x: (plot.left + plot.right) / 2,
      y: plot.bottom + 38,
      'text-anchor': 'middle',
    }),
    ...lines.map((line, index) =>
      element(
        'g',
        {},
        ...drawLine(
          index,
          line.points.map(([px, py]) => [xAxis.toPixels(px), yAxis.toPixels(py)]),
        ),
      ),
    ),
    legend(labels, plot.left, legendTop),
  )
}

/** Given places fill the whole width: the first stands at the left end and the last at the right one. */
function xAxisOf({ kind, ticks }: LineChart['x'], values: readonly number[]): Axis {
  const range = { from: plot.left + 8, to: plot.right - 16 }
  if (ticks === undefined) return createAxis(kind, values, range)
  const place = (value: number): number => (kind === 'log' ? Math.log10(value) : value)
  const places = ticks.map(([value]) => place(value))
  const [low, high] = [Math.min(...places), Math.max(...places)]
  const share = (value: number): number => (high === low ? 0.5 : (place(value) - low) / (high - low))
  return {
    ticks: ticks.map(([value]) => value),
    toPixels: (value) => range.from + share(value) * (range.to - range.from),
  }
}

const yTick = (tick: number, y: number): string =>
  element('line', { class: 'rule', x1: plot.left, x2: plot.right, y1: y, y2: y }) +
  text(formatTick(tick), { class: 'soft', x: plot.left - 8, y: y + 4, 'text-anchor': 'end' })

function drawLine(series: number, pixels: readonly (readonly [number, number])[]): string[] {
  const path = pixels
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('')
  const radius = pixels.length > 30 ? 1.5 : 3.5
  return [
    element('path', { class: lineClass(series), d: path }),
    ...pixels.map(([cx, cy]) => element('circle', { class: fillClass(series), cx, cy, r: radius })),
  ]
}
