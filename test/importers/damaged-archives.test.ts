import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { SourceError } from '../../src/importers/source.js'
import { temporaryFolder } from '../support/databases.js'
import { randomNumbers } from '../support/random-numbers.js'
import { readArchive } from './support/read-archive.js'

const fixtures = join(import.meta.dirname, 'fixtures')
const files = (await readdir(fixtures, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(fixtures.length + 1))
  .toSorted()

const damagesOfEach = 15
const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '1e999',
  '\u0000',
  '\\ud800',
  '\n',
  'From ',
  '-',
  '\uFFFF',
  '<',
]

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
})

/** Some bytes gone, changed, moved or put there: what a broken disk, an editor or an enemy leaves. */
function damage(bytes: Buffer, { below }: ReturnType<typeof randomNumbers>): Buffer {
  const at = below(bytes.length + 1)
  const upTo = at + below(Math.min(40, bytes.length - at + 1))
  const [before, some, after] = [bytes.subarray(0, at), bytes.subarray(at, upTo), bytes.subarray(upTo)]
  switch (below(5)) {
    case 0:
      return before
    case 1:
      return Buffer.concat([before, after])
    case 2:
      return Buffer.concat([before, some, some, after])
    case 3:
      return Buffer.concat([before, Buffer.from(some.map((byte) => byte ^ (1 + below(255)))), after])
    default:
      return Buffer.concat([before, Buffer.from(pieces[below(pieces.length)] ?? ''), after])
  }
}

describe('a damaged file of an archive', () => {
  it.each(files)('%s: is read as far as it is whole, or refused, and ends nothing', async (file) => {
    const whole = await readFile(join(fixtures, file))
    const random = randomNumbers(files.indexOf(file) + 1)
    const [format = ''] = file.split('/')
    await cp(join(fixtures, format), join(folder, format), { recursive: true })
    const path = join(folder, file)
    await mkdir(dirname(path), { recursive: true })
    for (let run = 0; run < damagesOfEach; run += 1) {
      await writeFile(path, damage(whole, random))
      try {
        const { found } = await readArchive(join(folder, format))
        for (const item of found) {
          if ('record' in item && item.record.kind === 'message') {
            const { messageId, channelId, userId } = item.record.model
            expect([messageId, channelId, userId]).not.toContain('')
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError)
      }
    }
  })
})
