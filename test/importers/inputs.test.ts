import { createHash } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { findInputs } from '../../src/importers/inputs/find-inputs.js'
import { temporaryFolder } from '../support/databases.js'
import { readArchive } from './support/read-archive.js'
import { zipOf } from './support/zip-of.js'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

const line = (messageId: string): string =>
  `${JSON.stringify({ messageId, channelId: 'c', userId: 'u', content: 'x', timestamp: 1 })}\n`
const discord = (messageId: string): string =>
  JSON.stringify({
    guild: { id: '1' },
    channel: { id: '2', name: 'general' },
    dateRange: {},
    messages: [{ id: messageId, timestamp: '2024-01-01T00:00:00Z', content: 'x', author: { id: '7' } }],
    messageCount: 1,
  })
const slack = {
  'users.json': '[{"id":"U1","name":"ada"}]',
  'channels.json': '[{"id":"C1","name":"general"}]',
  'general/2015-10-13.json': '[{"type":"message","user":"U1","text":"hi","ts":"1.000001"}]',
}

const idsOf = async (path: string): Promise<string[]> =>
  (await readArchive(path)).of('message').map(({ messageId }) => messageId)

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

describe('what is given to an import', () => {
  it('may be a file of any format, packed with gzip or not', async () => {
    expect(await idsOf(await file('a.ndjson', line('1')))).toEqual(['1'])
    expect(await idsOf(await file('b.gz', gzipSync(line('2'))))).toEqual(['2'])
    expect(await idsOf(await file('c.json.gz', gzipSync(discord('3'))))).toEqual(['3'])
  })

  it('may be a zip archive whose files belong together, at its top or below a folder', async () => {
    expect(await idsOf(await file('slack.zip', zipOf(slack)))).toEqual(['C1:1.000001'])
    const below = Object.fromEntries(
      Object.entries(slack).map(([path, content]) => [`export/${path}`, content]),
    )
    expect(await idsOf(await file('below.zip', zipOf(below)))).toEqual(['C1:1.000001'])
  })

  it('may be a folder of archives of several formats, beside files that stand alone', async () => {
    const zulip = {
      'realm.json': JSON.stringify({
        zerver_stream: [{ id: 7, name: 'garden' }],
        zerver_recipient: [{ id: 100, type: 2, type_id: 7 }],
      }),
      'messages-000001.json': JSON.stringify({
        zerver_message: [{ id: 1, sender: 10, recipient: 100, subject: 'a', content: 'hi', date_sent: 1 }],
      }),
    }
    const inFolder = (name: string, files: object) =>
      Object.entries(files).map(([path, content]) => [`${name}/${path}`, String(content)])
    const all = Object.fromEntries([...inFolder('slack', slack), ...inFolder('zulip', zulip)])
    const path = await file('all.zip', zipOf({ ...all, 'general.json': discord('1') }))
    expect((await readArchive(path)).formats).toEqual(['slack', 'zulip', 'discord'])
    expect(await idsOf(path)).toEqual(['C1:1.000001', 'zulip:1', '1'])
  })

  it('may be a folder or an archive of files that stand alone, of several formats, among others', async () => {
    await mkdir(join(folder, 'all', 'deep'), { recursive: true })
    await file('all/a.json', discord('1'))
    await file('all/deep/b.ndjson', line('2'))
    await file('all/picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47]))
    await file('all/empty.json', '')
    const found = await findInputs(join(folder, 'all'))
    expect(found.inputs.map(({ name, format }) => [name.slice(folder.length), format])).toEqual([
      ['/all/a.json', 'discord'],
      ['/all/deep/b.ndjson', 'ndjson'],
    ])
    expect(found.unknownFiles.map((name) => name.slice(folder.length))).toEqual([
      '/all/empty.json',
      '/all/picture.png',
    ])
    const archive = await file(
      'all.zip',
      zipOf({ 'a.json': discord('1'), 'b.ndjson': line('2'), 'c.png': 'x' }),
    )
    expect(await idsOf(archive)).toEqual(['1', '2'])
  })

  it('is not looked for beyond links, nor in hidden files', async () => {
    await mkdir(join(folder, 'inside'))
    await mkdir(join(folder, 'outside'))
    await file('outside/a.ndjson', line('1'))
    await file('inside/b.ndjson', line('2'))
    await file('inside/.c.ndjson', line('3'))
    await symlink(join(folder, 'outside', 'a.ndjson'), join(folder, 'inside', 'd.ndjson'))
    await symlink(join(folder, 'outside'), join(folder, 'inside', 'e'))
    expect(await idsOf(join(folder, 'inside'))).toEqual(['2'])
  })

  it('of zip archives alone says that each is imported by itself', async () => {
    const zip = await file('a.zip', zipOf({ 'a.json': discord('1') }))
    await file('b.txt', 'hello')
    await expect(findInputs(folder)).rejects.toThrow(
      `holds no file of a format that is known, but zip archives, as ${zip}; name each by itself: they are not opened in a folder or an archive`,
    )
  })

  it('that is nowhere, empty or of no format that is known is said to be so', async () => {
    await expect(findInputs(join(folder, 'none'))).rejects.toThrow('does not exist')
    await expect(findInputs(folder)).rejects.toThrow('holds no file of a format that is known')
    await file('a.png', 'x')
    await expect(findInputs(folder)).rejects.toThrow('holds no file of a format that is known')
    await expect(findInputs(await file('b.zip', zipOf({})))).rejects.toThrow('holds no file of a format')
  })

  it('of which one file can not be read is read but for that', async () => {
    await mkdir(join(folder, 'some'))
    await file('some/a.ndjson', line('1'))
    await file('some/b.ndjson.gz', gzipSync(line('2').repeat(10_000)).subarray(0, 100))
    await file('some/c.ndjson', line('3'))
    const { of, complaints } = await readArchive(join(folder, 'some'))
    expect(of('message').map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(['1', '3']))
    expect(complaints).toEqual([expect.stringContaining('b.ndjson.gz is cut off')])
  })

  it('that is short, packed and cut off gives what is whole of it, as a long one does', async () => {
    const lines = Array.from({ length: 200 }, (_, n) =>
      line(createHash('sha256').update(`${n}`).digest('hex')),
    )
    const packed = gzipSync(lines.join(''))
    const path = await file('short.ndjson.gz', packed.subarray(0, packed.length - 100))
    const { of, complaints } = await readArchive(path)
    expect(of('message').length).toBeGreaterThan(150)
    expect(of('message').length).toBeLessThan(200)
    expect(complaints).toEqual([expect.stringContaining('short.ndjson.gz is cut off')])
  })

  it('and is no text is said to be none, and not line by line', async () => {
    await expect(findInputs(await file('a.bin', Buffer.from([1, 0, 2])))).rejects.toThrow('is no text')
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(line('1'), 'utf16le')])
    await expect(findInputs(await file('b.json', utf16))).rejects.toThrow('is UTF-16: save it as UTF-8')
  })

  it.each([
    ['message_1.json', JSON.stringify({ participants: [{ name: 'Ada' }], messages: [] }, null, 2)],
    ['2024-01-31.json', JSON.stringify([{ type: 'message', text: 'one day of Slack', ts: '1.0' }])],
    ['messages.html', '<!DOCTYPE html>\n<html>\n<head>\n'],
    ['znc.log', '[10:00:00] <ada> hi\n[10:00:01] *** Joins: bob\n'],
    ['one.eml', 'From: ada@example.org\nSubject: hi\n\nbody\n'],
  ])('and of no format that is known is said to be so once, as %s', async (name, content) => {
    await expect(findInputs(await file(name, content))).rejects.toThrow(
      `${name} is of no format that is known; docs/importing.md names the formats`,
    )
    const { formats } = await readArchive(join(folder, name), 'ndjson')
    expect(formats).toEqual(['ndjson'])
  })

  it.each([
    ['is named so', 'a.jsonl', 'nothing\nnothing\n'],
    ['is empty', 'a', '\n'],
    ['has objects on its lines', 'a', `# ours\n\n\n\n${line('1')}`],
    ['begins with a line that is long', 'a', line('1'.repeat(100_000))],
  ])('is NDJSON where it %s', async (_, name, content) => {
    const { formats } = await readArchive(await file(name, content))
    expect(formats).toEqual(['ndjson'])
  })

  it('is what --format says', async () => {
    const path = await file('a.json', discord('1'))
    const { faults, formats } = await readArchive(path, 'ndjson')
    expect(formats).toEqual(['ndjson'])
    expect(faults).toHaveLength(1)
    await expect(findInputs(folder, 'slack')).resolves.toMatchObject({ inputs: [{ format: 'slack' }] })
  })
})

describe('a zip archive', () => {
  it('that is cut off can not be read', async () => {
    const whole = zipOf(slack)
    for (const length of [4, 40, whole.length - 30, whole.length - 1]) {
      await expect(
        findInputs(await file('cut.zip', whole.subarray(0, length))),
        String(length),
      ).rejects.toThrow(/can not be read|holds no file/)
    }
  })

  it('whose bytes are damaged is said to be, and gives no wrong message', async () => {
    const whole = zipOf({ 'a.ndjson': Array.from({ length: 50 }, (_, n) => line(String(n))).join('') })
    for (let at = 40; at < 120; at += 9) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x55
      // As a whole, or one file of it.
      const told = await readArchive(await file('damaged.zip', damaged)).then(
        ({ complaints }) => complaints.join(),
        String,
      )
      expect(told, String(at)).toMatch(/damaged|can not be read/)
    }
  })

  it('with one damaged file gives what is whole of it, and all others', async () => {
    const days = Object.fromEntries(
      [13, 14, 15].map((day) => [
        `general/2015-10-${day}.json`,
        `[{"type":"message","user":"U1","text":"${day}","ts":"${day}.0"}]`,
      ]),
    )
    const damaged = zipOf({ ...slack, ...days })
    const at = damaged.indexOf('general/2015-10-14.json') + 'general/2015-10-14.json'.length + 20
    damaged[at] = (damaged[at] ?? 0) ^ 0x55
    const { of, complaints } = await readArchive(await file('one.zip', damaged))
    expect(of('message').map(({ content }) => content)).toEqual(expect.arrayContaining(['13', '15']))
    expect(complaints).toEqual([expect.stringContaining('2015-10-14.json')])
  })

  it('with names that lead out of it is refused', async () => {
    await expect(findInputs(await file('out.zip', zipOf({ '../a.ndjson': line('1') })))).rejects.toThrow(
      /can not be read/,
    )
  })
})
