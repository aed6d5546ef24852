const blocks = /^\/?(?:p|div|br|tr|li|ul|ol|h[1-6]|table|blockquote|pre|hr)$/
const silent: ReadonlySet<string> = new Set(['script', 'style', 'head', 'title'])
/** Those of ISO 8859-1 from 161 on, in their order, which mails of Western languages are full of. */
const latin =
  'iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest ' +
  'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'

const named: ReadonlyMap<string, string> = new Map([
  ...latin.split(' ').map((name, index) => [name, String.fromCodePoint(161 + index)] as const),
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['sbquo', '‚'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bdquo', '„'],
  ['bull', '•'],
  ['euro', '€'],
  ['trade', '™'],
  ['larr', '←'],
  ['rarr', '→'],
  ['zwnj', '\u200C'],
])

const windows1252 = new TextDecoder('windows-1252')

/** Of a character's number. Those that Unicode has for controls are of Windows-1252, as mails of Windows meant them and HTML reads them. */
const characterOf = (code: number): string =>
  code >= 0x80 && code <= 0x9f ? windows1252.decode(Uint8Array.of(code)) : String.fromCodePoint(code)

/** The words of HTML, in lines, without tags: for mails that have no text beside it. It is read once, whatever it holds. */
export function textOfHtml(html: string): string {
  // Other letters may become longer when they become small.
  const small = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const parts: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    parts.push(html.slice(at, open === -1 ? undefined : open).replaceAll(/\s+/g, ' '))
    if (open === -1) break
    if (!/^[a-z/!?]/.test(small[open + 1] ?? '')) {
      // Not the beginning of a tag.
      parts.push('<')
      at = open + 1
      continue
    }
    const end = endOfTag(small, open)
    const name = /^<(\/?[a-z0-9]+)/.exec(small.slice(open, open + 20))?.[1] ?? ''
    if (blocks.test(name)) parts.push('\n')
    at = silent.has(name) ? endOfElement(small, name, end) : end
  }
  return decode(parts.join('').replaceAll(/ +/g, ' '))
    .replaceAll(/(?<! ) *\n */g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function endOfTag(html: string, open: number): number {
  const close = html.startsWith('<!--', open) ? '-->' : '>'
  const end = html.indexOf(close, open)
  return end === -1 ? html.length : end + close.length
}

function endOfElement(html: string, name: string, from: number): number {
  const end = html.indexOf(`</${name}`, from)
  return end === -1 ? html.length : endOfTag(html, end)
}

const decode = (text: string): string =>
  text.replaceAll(
    /&(?:#(?<decimal>\d{1,7})|#x(?<hex>[0-9a-f]{1,6})|(?<name>[a-z][a-z0-9]{1,7}));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return named.get(name) ?? named.get(name.toLowerCase()) ?? String(whole)
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
      const isCharacter = code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff)
      return isCharacter ? characterOf(code) : '\uFFFD'
    },
  )
