import { createAxis, formatTick } from './axis.js'
import { element, text } from './element.js'
import { fillClass, picture, width } from './frame.js'

export interface BarChart {
  readonly title: string
  /** What the bars' length means. */
  readonly label: string
  readonly bars: readonly {
    readonly label: string
    readonly value: number
    /** The value as it is written beside the bar. */
    readonly text: string
    /** Over the rounds. */
    readonly min: number
    readonly max: number
  }[]
}

const left = 16
const right = width - 90
const top = 52
const pitch = 46
const thickness = 16

/** Horizontal bars, each under its label, with a whisker from the slowest to the fastest round, as an SVG document. */
export function drawBarChart({ title, label, bars }: BarChart): string {
  const axis = createAxis(
    'linear',
    bars.map(({ max }) => max),
    { from: left, to: right },
  )
  const bottom = top + bars.length * pitch
  return picture(
    title,
    bottom + 48,
    ...axis.ticks.map((tick) => {
      const x = axis.toPixels(tick)
      return (
        element('line', { class: 'rule', x1: x, x2: x, y1: top - 8, y2: bottom }) +
        text(formatTick(tick), { class: 'soft', x, y: bottom + 16, 'text-anchor': 'middle' })
      )
    }),
    text(label, { class: 'soft', x: left, y: bottom + 36 }),
    ...bars.map((bar, index) => {
      const y = top + index * pitch
      const middle = y + 20 + thickness / 2
      const [from, to, end] = [bar.min, bar.max, bar.value].map((value) => axis.toPixels(value))
      return element(
        'g',
        {},
        text(bar.label, { x: left, y: y + 14 }),
        element('rect', {
          class: fillClass(index),
          x: left,
          y: y + 20,
          width: Math.max(1, (end ?? left) - left),
          height: thickness,
          rx: 2,
        }),
        element('line', { class: 'whisker', x1: from ?? left, x2: to ?? left, y1: middle, y2: middle }),
        text(bar.text, { x: (to ?? left) + 8, y: middle + 4 }),
      )
    }),
  )
}
