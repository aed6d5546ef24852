/** How many series have a colour of their own; more repeat them. */
export const colorCount = 8

interface Theme {
  readonly ground: string
  readonly ink: string
  readonly soft: string
  readonly rule: string
  readonly series: readonly string[]
}

const light: Theme = {
  ground: '#ffffff',
  ink: '#1f2328',
  soft: '#59636e',
  rule: '#d8dee4',
  series: ['#0b62d6', '#d1480b', '#118052', '#8b3fc4', '#b3820a', '#c21f63', '#0d8296', '#6b6b6b'],
}
const dark: Theme = {
  ground: '#0d1117',
  ink: '#e6edf3',
  soft: '#9198a1',
  rule: '#30363d',
  series: ['#5aa2ff', '#ff8c52', '#45c98c', '#c48bf2', '#e0b341', '#ff7bae', '#4cc6da', '#a8a8a8'],
}

/** Plain rules instead of CSS variables, which not every viewer of SVG knows. */
const rules = ({ ground, ink, soft, rule, series }: Theme): string =>
  [
    `text{fill:${ink}}.soft{fill:${soft}}.ground{fill:${ground}}.rule{stroke:${rule}}.whisker{stroke:${ink}}`,
    ...series.map((color, index) => `.fill-${index}{fill:${color}}.line-${index}{stroke:${color}}`),
  ].join('\n')

/** Follows the reader's light or dark setting; the ground is drawn, so that it reads wherever it is shown. */
export const style = `
text{font-family:system-ui,sans-serif;font-size:12px}
.title{font-size:15px;font-weight:600}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.whisker{stroke-width:1.5}
${rules(light)}
@media (prefers-color-scheme:dark){${rules(dark)}}
`
