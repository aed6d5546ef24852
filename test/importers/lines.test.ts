import { describe, expect, it } from 'vitest'
import { readLines } from '../../src/importers/lines.js'

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function linesOf(content: string | Buffer, chunkSize = 65_536) {
  const lines = []
  for await (const line of readLines(
    cut(typeof content === 'string' ? Buffer.from(content) : content, chunkSize),
  )) {
    lines.push('problem' in line ? [line.number, { problem: line.problem }] : [line.number, line.text])
  }
  return lines
}

describe('lines', () => {
  it('end in a newline, with or without a carriage return; the last may end without', async () => {
    expect(await linesOf('a\nb\r\nc')).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
  })

  it('keep their numbers when blank ones are passed over', async () => {
    expect(await linesOf('\na\n \t\n\r\nb\n\n')).toEqual([
      [2, 'a'],
      [5, 'b'],
    ])
  })

  it('are none in an empty file', async () => {
    expect(await linesOf('')).toEqual([])
  })

  it('lose a byte order mark at the start of the file, and nowhere else', async () => {
    expect(await linesOf('\uFEFFa\n\uFEFFb\n')).toEqual([
      [1, 'a'],
      [2, '\uFEFFb'],
    ])
  })

  it.each([1, 2, 3, 5])('are the same when the bytes come %d at a time', async (chunkSize) => {
    const content = '\uFEFFgrüße\r\n你好 👋\n\nlast'
    expect(await linesOf(content, chunkSize)).toEqual(await linesOf(content))
  })

  it('that are not UTF-8 are reported, and the next one is read', async () => {
    const content = Buffer.concat([Buffer.from('a\n'), Buffer.from([0x62, 0xff, 0x0a]), Buffer.from('c\n')])
    expect(await linesOf(content)).toEqual([
      [1, 'a'],
      [2, { problem: 'the line is not valid UTF-8' }],
      [3, 'c'],
    ])
  })

  it('that are not UTF-8 are read as what old programs wrote, where that is asked for', async () => {
    const lines = []
    const options = { otherwise: 'windows-1252' } as const
    for await (const line of readLines(cut(Buffer.from('gr\xfcn\ngr\u00fcn\n', 'latin1'), 3), options))
      lines.push(line)
    expect(lines).toMatchObject([{ text: 'grün' }, { text: 'grün' }])
  })
})
