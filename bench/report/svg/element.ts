type Attributes = Readonly<Record<string, string | number>>

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character)

/** One element; children are markup already. Numbers are written with a tenth of a pixel. */
export function element(tag: string, attributes: Attributes, ...children: readonly string[]): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${typeof value === 'number' ? round(value) : escapeXml(value)}"`,
  )
  const opening = `<${tag}${pairs.join('')}`
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join('')}</${tag}>`
}

const round = (value: number): string => String(Math.round(value * 10) / 10)

export const text = (content: string, attributes: Attributes): string =>
  element('text', attributes, escapeXml(content))
