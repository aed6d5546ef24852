import { init, type EChartsOption } from 'echarts'

const width = 760
export const ink = '#1f2328'
const soft = '#59636e'
const rule = '#d8dee4'
const ground = '#ffffff'

/** Each colour and what it becomes for a reader who has set a dark theme. */
const series = {
  '#0b62d6': '#5aa2ff',
  '#d1480b': '#ff8c52',
  '#118052': '#45c98c',
  '#8b3fc4': '#c48bf2',
  '#b3820a': '#e0b341',
  '#c21f63': '#ff7bae',
  '#0d8296': '#4cc6da',
  '#6b6b6b': '#a8a8a8',
}
const dark = { ...series, [ink]: '#e6edf3', [soft]: '#9198a1', [rule]: '#30363d', [ground]: '#0d1117' }
const darkRules = Object.entries(dark).map(
  ([from, to]) => `[fill="${from}"]{fill:${to}}[stroke="${from}"]{stroke:${to}}`,
)
/** A style sheet stands above the attributes that the library writes colours into. */
const style = `<style>@media (prefers-color-scheme:dark){${darkRules.join('')}}</style>`

/** What all axes share. */
export const axis = {
  nameTextStyle: { color: soft },
  axisLabel: { color: soft },
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { show: true, lineStyle: { color: rule } },
} as const

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

export const formatTick = (value: number): string => compact.format(value)

/** Draws a chart as an SVG document that follows the reader's light or dark setting. */
export function render(title: string, height: number, option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: ground,
      color: Object.keys(series),
      textStyle: { fontFamily: 'system-ui, sans-serif', color: ink },
      title: { text: title, left: 11, top: 8, textStyle: { fontSize: 15, fontWeight: 600, color: ink } },
      ...option,
    })
    return `${chart.renderToSVGString().replace('>', () => `>${style}`)}\n`
  } finally {
    chart.dispose()
  }
}
