import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readableAgain } from '../../src/importers/formats/readable-again.js'
import { createSource, SourceError } from '../../src/importers/source.js'
import { fixture, importOfContent, messagesIn } from './import-of.js'

/** Text that hardly packs, so that much of it is there when its gzip data is cut off. */
const noise = (bytes: number): string =>
  Array.from({ length: bytes / 8 }, (_, n) =>
    Math.imul(n + 1, 2_654_435_761)
      .toString(36)
      .padStart(8, '0'),
  ).join('')

it('a packed chat that is read twice and is cut off gives what is whole, and one complaint', async () => {
  const lines = Array.from({ length: 2_000 }, (_, n) => `13/4/21, 9:00 - Ada: ${n} ${noise(200)}${n}\n`)
  const packed = gzipSync(`${lines.join('')}${noise(2_000_000)}`)
  const { db, problems } = await importOfContent(
    'WhatsApp Chat with A.txt.gz',
    packed.subarray(0, packed.length - 5_000),
  )
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain('is cut off: its gzip data ends early')
  expect((await messagesIn(db, 'whatsapp:A')).length).toBeGreaterThan(1_900)
})

it('so does a packed room', async () => {
  const content = await readFile(fixture('matrix', 'export.json'), 'utf8')
  const packed = gzipSync(
    content
      .replace('"messages"', `"unknown": "${noise(200_000)}", "messages"`)
      .replace(/\]\s*\}\s*$/, `],"x":"${noise(400_000)}"}`),
  )
  const { db, problems } = await importOfContent('export.json.gz', packed.subarray(0, packed.length - 5_000))
  expect(problems.some((problem) => problem.includes('its gzip data ends early'))).toBe(true)
  const messages = await messagesIn(db, '!garden:example.org')
  expect(messages).toHaveLength(14)
  expect(messages[3]?.content).toBe('Who waters today?')
})

it('what comes once and ends early is kept as far as it came, and then says so each time', async () => {
  const fail = async function* fail() {
    yield Buffer.from('some')
    throw new SourceError('a pipe broke')
  }
  const place = { name: 'a pipe', path: 'a', sizeBytes: undefined }
  const once = { ...createSource(place, () => Promise.resolve(Readable.from(fail()))), isReadOnce: true }
  const { source, close } = await readableAgain(once, new AbortController().signal)
  for (let time = 0; time < 2; time += 1) {
    const chunks: Buffer[] = []
    const reading = (async () => {
      for await (const chunk of source.read(new AbortController().signal)) chunks.push(chunk)
    })()
    await expect(reading).rejects.toThrow('a pipe broke')
    expect(Buffer.concat(chunks).toString()).toBe('some')
  }
  await close()
})
