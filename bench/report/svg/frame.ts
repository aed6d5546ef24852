import { element, text } from './element.js'
import { colorCount, style } from './style.js'

export const width = 760
const legendLine = 18

export const fillClass = (series: number): string => `fill-${series % colorCount}`
export const lineClass = (series: number): string => `line line-${series % colorCount}`

/** The whole picture: ground, title and what was drawn, as one document. */
export const picture = (title: string, height: number, ...drawn: readonly string[]): string =>
  [
    element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
        'aria-label': title,
      },
      element('style', {}, style),
      element('rect', { class: 'ground', width, height, rx: 6 }),
      text(title, { class: 'title', x: 16, y: 26 }),
      ...drawn.map((part) => `\n${part}`),
      '\n',
    ),
    '',
  ].join('\n')

export const legendHeight = (labels: readonly string[]): number => labels.length * legendLine

/** A line for each series, its colour before it. */
export const legend = (labels: readonly string[], left: number, top: number): string =>
  labels
    .map((label, index) => {
      const y = top + index * legendLine
      return [
        element('rect', { class: fillClass(index), x: left, y, width: 12, height: 12, rx: 2 }),
        text(label, { x: left + 20, y: y + 10 }),
      ].join('')
    })
    .join('\n')
