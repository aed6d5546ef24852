import type { Source } from '../../source.js'

/** What stands between `\x` and the next quotation mark has two digits. */
const backslash = 0x5c
const letterX = 0x78
const unicodeEscape = Buffer.from('u00')

/**
 * Telegram Desktop writes control characters as `\x1F`, which is no JSON: it becomes `\u001F`.
 */
export const withJsonEscapes = (source: Pick<Source, 'name' | 'read'>): Pick<Source, 'name' | 'read'> => ({
  name: source.name,
  read: (signal) => replaceEscapes(source.read(signal)),
})

async function* replaceEscapes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isEscaped = false
  for await (const chunk of chunks) {
    const parts: Buffer[] = []
    let start = 0
    let at = isEscaped ? 0 : chunk.indexOf(backslash) + 1
    while (isEscaped || at > 0) {
      if (at === chunk.length) {
        isEscaped = true
        break
      }
      if (chunk[at] === letterX) {
        parts.push(chunk.subarray(start, at), unicodeEscape)
        start = at + 1
      }
      isEscaped = false
      at = chunk.indexOf(backslash, at + 1) + 1
    }
    parts.push(chunk.subarray(start))
    yield parts.length === 1 ? chunk : Buffer.concat(parts)
  }
}
