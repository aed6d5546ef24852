import { expect, it } from 'vitest'
import { withJsonEscapes } from '../../src/importers/formats/telegram/escapes.js'

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

it.each([1, 2, 3, 100])(
  'an escape that JSON has not becomes one that it has, %d bytes at a time',
  async (size) => {
    const text = String.raw`{"a":"\x1F \\x1F \\\x1F \n x \"\x00"}`
    const source = { name: 'a', read: () => inPieces(text, size) }
    const chunks: Buffer[] = []
    for await (const chunk of withJsonEscapes(source).read(new AbortController().signal)) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe(String.raw`{"a":"\u001F \\x1F \\\u001F \n x \"\u0000"}`)
  },
)
