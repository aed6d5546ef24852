import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { timeOfMail } from '../../src/importers/formats/mbox/date.js'
import { temporaryFolder } from '../support/databases.js'
import { readArchive } from './support/read-archive.js'

interface WrittenMail {
  readonly id?: string
  readonly date?: string
  readonly from?: string
  readonly headers?: string
  readonly body?: string
}

const written = ({ id = '1@x', date, from = 'Ada <ada@example.org>', headers = '', body }: WrittenMail) =>
  `From ada@example.org Mon Jan  2 15:04:05 2006\nFrom: ${from}\nSubject: Seeds\nMessage-ID: <${id}>\n` +
  `Date: ${date ?? 'Mon, 2 Jan 2006 15:04:05 +0100'}\n${headers}\n${body ?? 'hello'}\n\n`

/** @param encoding how the text becomes bytes */
async function read(mails: readonly WrittenMail[], encoding: BufferEncoding = 'utf8') {
  const path = join(await temporaryFolder(), 'garden.mbox')
  await writeFile(path, Buffer.from(mails.map(written).join(''), encoding))
  return readArchive(path)
}

const contentOf = async (mail: WrittenMail, encoding?: BufferEncoding) =>
  (await read([mail], encoding)).of('message')[0]?.content

describe('the text of a mail', () => {
  it.each([
    ['of before MIME, in bytes of Western Europe', '', 'caf\u00e9', 'latin1', 'caf\u00e9'],
    ['of before MIME, in UTF-8', '', 'caf\u00e9', 'utf8', 'caf\u00e9'],
    ['that says no more than text', 'Content-Type: text\n', 'caf\u00e9', 'latin1', 'caf\u00e9'],
    [
      'that says no more than text, with a charset',
      'Content-Type: TEXT; charset=ISO-8859-1\n',
      'caf\u00e9',
      'latin1',
      'caf\u00e9',
    ],
    [
      'whose charset says less than it holds, in UTF-8',
      'Content-Type: text/plain;\n charset="US-ASCII"; format=flowed\n',
      'caf\u00e9',
      'utf8',
      'caf\u00e9',
    ],
    [
      'in a charset that nobody knows, in UTF-8',
      'Content-Type: text/plain; charset=unknown-8bit\n',
      'caf\u00e9',
      'utf8',
      'caf\u00e9',
    ],
    [
      'in a charset that is known, and not UTF-8',
      'Content-Type: text/plain; charset=iso-8859-1\n',
      'caf\u00c3\u00a9',
      'latin1',
      'caf\u00c3\u00a9',
    ],
    [
      'whose charset says less than it holds',
      'Content-Type: text/plain; charset=us-ascii\n',
      'caf\u00e9',
      'latin1',
      'caf\u00e9',
    ],
    [
      'in a charset that nobody knows',
      'Content-Type: text/plain; charset=x-unknown\n',
      'plain',
      'utf8',
      'plain',
    ],
    [
      'whose parts are not where its head says',
      'Content-Type: multipart/mixed; boundary=zz\n',
      'all of it',
      'utf8',
      'all of it',
    ],
    [
      'of HTML with letters by name',
      'Content-Type: text/html\n',
      '<p>&Agrave; &agrave;&rsquo;&frac12;</p>',
      'utf8',
      '\u00c0 \u00e0\u2019\u00bd',
    ],
  ] as const)('%s is read', async (_, headers, body, encoding, content) => {
    expect(await contentOf({ headers, body }, encoding)).toBe(content)
  })

  it('is that of the HTML where the text beside it is empty', async () => {
    const headers = 'Content-Type: multipart/alternative; boundary=b\n'
    const body = '--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>Only here</p>\n--b--'
    expect(await contentOf({ headers, body })).toBe('Only here')
  })

  it('is nothing where there is an attachment alone', async () => {
    const headers = 'Content-Type: application/pdf; name=a.pdf\n'
    const { of } = await read([{ headers, body: 'AAAA' }])
    expect(of('message')[0]).toMatchObject({ content: '', metadata: { attachments: [{ name: 'a.pdf' }] } })
  })

  it('may hold a line that looks like the beginning of a mail', async () => {
    const body = 'See:\n\nFrom bob@example.org Mon Jan  2 15:04:05 2006\nas nobody quoted it.'
    expect(await contentOf({ body })).toBe(body)
  })
})

it('a name in bytes of its own character set is read by what the head says of the body, or as Western', async () => {
  const { of } = await read([{ from: 'J\u00f6rg <j@example.org>', body: 'gr\u00fcn' }], 'latin1')
  expect(of('message')[0]).toMatchObject({
    content: 'gr\u00fcn',
    metadata: { author: { displayName: 'J\u00f6rg' } },
  })
  const headers = 'Content-Type: text/plain; charset=iso-8859-2\n'
  const { of: polish } = await read([{ id: '2@x', from: 'Micha\u00b3 <m@example.org>', headers }], 'latin1')
  expect(polish('message')[0]).toMatchObject({ metadata: { author: { displayName: 'Micha\u0142' } } })
})

describe('mails of one Message-ID', () => {
  it('are one where the date is the same, as copies are', async () => {
    const { of } = await read([{ body: 'a' }, { body: 'a\n-- \nfooter of a list' }])
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['1@x', '1@x'])
  })

  it('are two where they are not: the first has it, and the other one has the same id in every run', async () => {
    const mails = [{ body: 'a' }, { body: 'b', date: 'Tue, 3 Jan 2006 00:00:00 +0000' }]
    const { of } = await read(mails)
    const ids = of('message').map(({ messageId }) => messageId)
    expect(ids).toEqual(['1@x', expect.stringMatching(/^mbox:.{22}$/)])
    expect((await read(mails)).of('message').map(({ messageId }) => messageId)).toEqual(ids)
  })
})

it('a file may begin with blank lines', async () => {
  const path = join(await temporaryFolder(), 'garden.mbox')
  await writeFile(path, `\r\n\n${written({})}`)
  const { formats, of, faults } = await readArchive(path)
  expect(formats).toEqual(['mbox'])
  expect(of('message')).toHaveLength(1)
  expect(faults).toEqual([])
})

it('a mailbox of Apple Mail is called as its folder', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'Garden.mbox'))
  await writeFile(join(folder, 'Garden.mbox', 'mbox'), written({}))
  await writeFile(join(folder, 'mbox'), written({}))
  const channelIn = async (...path: string[]) =>
    (await readArchive(join(folder, ...path))).of('channel').map(({ channelId }) => channelId)
  expect(await channelIn()).toEqual(['mbox:Garden', 'mbox:mbox'])
  expect(await channelIn('Garden.mbox')).toEqual(['mbox:Garden'])
  expect(await channelIn('Garden.mbox', 'mbox')).toEqual(['mbox:Garden'])
  expect(await channelIn('mbox')).toEqual(['mbox:mbox'])
})

it.each([
  ['Mon, 02 Jan 2006 15:04:05 +0100', '2006-01-02T14:04:05'],
  ['Mon, 02 Jan 2006 15:04:05 -0330', '2006-01-02T18:34:05'],
  ['Mon, 02 Jan 2006 15:04:05', '2006-01-02T15:04:05'],
  ['Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05'],
  ['Mon Jan 02 15:04:05 +0000 2006', '2006-01-02T15:04:05'],
  ['Mon Jan  2 15:04:05 EST 2006', '2006-01-02T20:04:05'],
  ['Mon Jan  2 15:04:05 2006 -0500', '2006-01-02T20:04:05'],
  ['Thu, 13 Jun 2002 12:34:56 +0200 (MET DST)', '2002-06-13T10:34:56'],
  ['2 Jan 06 15:04 PST', '2006-01-02T23:04:00'],
  ['Sun, 2 Jan 94 15:04:05 CET', '1994-01-02T14:04:05'],
  ['Sat, 01 Jan 100 10:00:00 GMT', '2000-01-01T10:00:00'],
  ['Monday, 02-Jan-06 15:04:05 GMT', '2006-01-02T15:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 Somewhere', '2006-01-02T15:04:05'],
  ['ada@example.org Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05'],
  ['Mon, 2 Jan 2006 03:04:05 PM +0100', '2006-01-02T14:04:05'],
  ['Mon, 2 Jan 2006 12:04:05 a.m. +0100', '2006-01-01T23:04:05'],
  ['Mon, 2 Jan 2006 12:04PM', '2006-01-02T12:04:00'],
  ['Mon, 2 Jan 2006 15:04:05 PM', '2006-01-02T15:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 GMT+0200', '2006-01-02T13:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 GMT+02:00', '2006-01-02T13:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 UT +0200', '2006-01-02T13:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 -0500 EST', '2006-01-02T20:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 +100', '2006-01-02T14:04:05'],
  ['Mon, 2 Jan 2006 15:04 +02', '2006-01-02T13:04:00'],
  ['Mon, 2 Jan 2006 15:04:05 -5:00', '2006-01-02T20:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 +0200 (CEST (summer))', '2006-01-02T13:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 +0200 (CEST', '2006-01-02T13:04:05'],
  ['Mon,2 Jan 2006 15:04:05.123 +0200', '2006-01-02T13:04:05'],
  ['Mon, 2 Jan 2006 15:04:05 MET DST', '2006-01-02T13:04:05'],
  ['2006-01-02T15:04:05+02:00', '2006-01-02T13:04:05'],
  ['2006-01-02T15:04:05.123Z', '2006-01-02T15:04:05'],
  ['2006-01-02T15:04:05', '2006-01-02T15:04:05'],
  ['2006-01-02 15:04:05 -0500', '2006-01-02T20:04:05'],
  ['Jan 2, 2006 15:04:05', '2006-01-02T15:04:05'],
  ['Monday, January 2, 2006 3:04 PM', '2006-01-02T15:04:00'],
  ['January 2, 2006 at 3:04:05 PM CET', '2006-01-02T14:04:05'],
  ['Mon Jan 02 2006 15:04:05 GMT+0200 (CEST)', '2006-01-02T13:04:05'],
  ['1/2/2006 3:04 PM', '2006-01-02T15:04:00'],
])('%s is %s', (date, expected) => {
  expect(new Date(timeOfMail(date) ?? 0).toISOString().slice(0, 19)).toBe(expected)
})

it('a date that names no zone is UTC wherever the machine is', () => {
  const zone = process.env['TZ']
  try {
    process.env['TZ'] = 'Asia/Tokyo'
    expect(new Date(2006, 0, 2).getTimezoneOffset()).toBe(-540)
    for (const date of ['2006-01-02T15:04:05', 'Jan 2, 2006 15:04:05', 'Mon, 2 Jan 2006 15:04:05']) {
      expect(timeOfMail(date)).toBe(Date.UTC(2006, 0, 2, 15, 4, 5))
    }
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})

it.each([
  '',
  'yesterday',
  'Mon, 02 Jan 2006 15.04.05',
  'Thu, 1 Jan 1970 00:00:00 +0000',
  '40 Jan 2006 10:00',
  'Sat, 0 Jan 2006 10:00:00 +0000',
  'Mon, 31 Apr 2006 10:00:00 +0000',
  'Wed Feb 29 15:04:05 2006',
  '2 Foo 2006 10:00',
  'Mon, 2 Jan 2006 15:04:05 2007',
  'Mon, 2 Jan 2006 15:04:05 12:00',
  'Mon, 2 Jan 2006 15:04:05:06',
  'Sometime 2006 10:00',
  'Jan 2006 10:00',
  '2006-13-02 10:00',
  '10:00',
  `Mon, 2 Jan 2006 ${' '.repeat(300)}15:04:05`,
])("'%s' is no date", (date) => {
  expect(timeOfMail(date)).toBeUndefined()
})

it('a mail whose date is none has that of the line before it', async () => {
  const { of } = await read([{ date: 'Thu, 1 Jan 1970 00:00:00 +0000' }])
  expect(of('message')[0]?.timestamp).toBe(Date.UTC(2006, 0, 2, 15, 4, 5))
})

it('what a mail answers is what it says that it answers, also where it refers to later ones', async () => {
  const { of } = await read([
    { id: '2@x', headers: 'In-Reply-To: <1@x>\n' },
    { id: '3@x', headers: 'References: <1@x> <2@x>\n' },
    { id: '4@x', headers: 'In-Reply-To: <1@x>\nReferences: <1@x> <2@x> <3@x>\n' },
    { id: '5@x', headers: 'In-Reply-To: <4@x>\nReferences: <1@x> <2@x>\n' },
  ])
  const answered = of('message').map(({ replyToMessageId }) => replyToMessageId)
  expect(answered).toEqual(['1@x', '2@x', '1@x', '4@x'])
  expect(new Set(of('thread').map(({ segmentId }) => segmentId)).size).toBe(1)
})

it.each([
  'Your message of "Mon, 02 Jan 2006 15:04:05 +0100." <1@x>',
  'Message from Ada <ada@example.org> of "Mon, 02 Jan 2006 15:04:05 +0100." <1@x>',
  'Message from "Ada L." <ada@example.org> \n   of "Mon, 02 Jan 2006 15:04:05 +0100." <1@x> ',
  'message from <1@x>',
  '<1@x> from "Ada" at Jan 2, 06 03:04:05 pm',
  '<1@x> (Ada <ada@example.org>)',
])('what is answered is a mail and not whoever wrote it: %s', async (inReplyTo) => {
  const { of } = await read([{ id: '2@x', headers: `In-Reply-To: ${inReplyTo}\n` }])
  expect(of('message')[0]?.replyToMessageId).toBe('1@x')
})
