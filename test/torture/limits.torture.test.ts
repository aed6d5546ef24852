import { describe, expect, it } from 'vitest'
import { readLines } from '../../src/importers/lines.js'
import { maxLineBytes, maxTextLength } from '../../src/protocol/limits.js'
import { message, temporaryDatabase } from '../support/databases.js'

const tooLong = `the line is longer than ${maxLineBytes / 1024 / 1024} MiB`

describe('lines', () => {
  it('may be as long as the longest row that there can be, and no longer', async () => {
    const longest = Buffer.alloc(maxLineBytes, 'x')
    const content = Buffer.concat([longest, Buffer.from('\n'), longest, Buffer.from('y\nz\n')])
    const lines = []
    for await (const line of readLines(cut(content))) lines.push(line)
    expect(lines.map(({ number }) => number)).toEqual([1, 2, 3])
    const [first] = lines
    expect(first !== undefined && 'text' in first ? first.text : first).toHaveLength(maxLineBytes)
    expect(lines.slice(1)).toEqual([
      { number: 2, code: 'TOO_LARGE', problem: tooLong },
      { number: 3, text: 'z', bytes: 1 },
    ])
  })

  it('too long to keep are not kept', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    async function* endless(): AsyncGenerator<Buffer> {
      // A gigabyte in one line; the same bytes again and again, so that only a reader that keeps them needs room.
      for (let count = 0; count < 1024; count += 1) yield Buffer.from(chunk)
    }
    const before = process.memoryUsage()
    let peakBytes = 0
    const watched = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of endless()) {
        peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before.arrayBuffers)
        yield piece
      }
    }
    const lines = []
    for await (const line of readLines(watched())) lines.push(line)
    expect(lines).toEqual([{ number: 1, code: 'TOO_LARGE', problem: tooLong }])
    expect(peakBytes).toBeLessThan(maxLineBytes + 300 * 1024 * 1024)
  })
})

describe('a row checked before it is served', () => {
  it('may hold a text as long as there may be', async () => {
    const db = await temporaryDatabase({ verifyReads: true, scrubRowsPerSecond: 0 })
    const content = 'x'.repeat(maxTextLength)
    await db.storeMessage(message('longest', { content }))
    const [given] = await db.getMessagesByIds(['longest'])
    expect(given?.content === content).toBe(true)
  })
})

async function* cut(bytes: Buffer): AsyncGenerator<Buffer> {
  const size = 65_536
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}
