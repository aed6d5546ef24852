import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { findSource } from '../../src/importers/inputs/find-source.js'
import { SourceError } from '../../src/importers/source.js'
import { temporaryFolder } from '../support/databases.js'

let path: string

beforeEach(async () => {
  path = join(await temporaryFolder(), 'file')
})

async function readAll(signal = new AbortController().signal): Promise<string> {
  const source = await findSource(path)
  const chunks: Buffer[] = []
  for await (const chunk of source.read(signal)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a source', () => {
  it.each(['', 'a', '\u001F', 'plain text', 'x'.repeat(300_000)])('is read as it is', async (content) => {
    await writeFile(path, content)
    expect((await readAll()) === content).toBe(true)
  })

  it.each(['', 'packed text', 'x'.repeat(300_000)])('is unpacked when it is gzip', async (content) => {
    await writeFile(path, gzipSync(content))
    expect((await readAll()) === content).toBe(true)
  })

  it('may be several gzip files one after the other', async () => {
    await writeFile(path, Buffer.concat([gzipSync('one '), gzipSync('two')]))
    expect(await readAll()).toBe('one two')
  })

  it('counts the bytes it has read of those there are, packed', async () => {
    const packed = gzipSync('x'.repeat(100_000))
    await writeFile(path, packed)
    const source = await findSource(path)
    expect([source.bytesRead, source.sizeBytes]).toEqual([0, packed.length])
    for await (const _ of source.read(new AbortController().signal)) continue
    expect(source.bytesRead).toBe(packed.length)
  })

  it('says that a gzip file is cut off, wherever it is', async () => {
    const packed = gzipSync('some text')
    for (let length = 2; length < packed.length; length += 1) {
      await writeFile(path, packed.subarray(0, length))
      await expect(readAll(), String(length)).rejects.toThrow(`${path} is cut off: its gzip data ends early`)
    }
  })

  it('says that gzip data is damaged', async () => {
    const packed = gzipSync('some text')
    packed[12] = 0xff
    await writeFile(path, packed)
    await expect(readAll()).rejects.toThrow(`${path} is damaged: its gzip data does not unpack`)
  })

  it('says that there is no such file, or that it is a folder', async () => {
    await expect(findSource(path)).rejects.toThrow(new SourceError(`${path} does not exist`))
    await expect(findSource(join(path, '..'))).rejects.toThrow('is a folder, not a file')
  })

  it('stops when it is told to', async () => {
    await writeFile(path, 'x'.repeat(1_000_000))
    const controller = new AbortController()
    const source = await findSource(path)
    const reading = (async () => {
      for await (const _ of source.read(controller.signal)) controller.abort()
    })()
    await expect(reading).rejects.toThrow(SourceError)
    expect(source.bytesRead).toBeLessThan(1_000_000)
  })
})
