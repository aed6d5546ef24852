import { describe, expect, it } from 'vitest'
import { timeOfMail } from '../../src/importers/formats/mbox/date.js'
import { textOfHtml } from '../../src/importers/formats/mbox/html-text.js'
import { readMail } from '../../src/importers/formats/mbox/mail.js'
import { isFirstLine, MailSplitter } from '../../src/importers/formats/mbox/mails.js'
import { toReadableBytes } from '../../src/importers/formats/mbox/readable-bytes.js'
import {
  expectCutsKept,
  expectSameAgain,
  fixture,
  importOf,
  importOfContent,
  linesIn,
  readFixture,
  segmentsIn,
} from './import-of.js'

const path = fixture('mbox', 'garden.mbox')
const list = 'mbox:garden.example.org'

it('a mailing list is a channel of mails', async () => {
  const { db, refused, report } = await importOf(path)
  expect(report.files.map(({ format }) => format)).toEqual(['mbox'])
  expect(await linesIn(db, list)).toEqual([
    '2006-01-02T22:04:05 ada@example.org message: Who waters them?\n\nFrom here on it is quoted.\n>From twice.\nFrom the garden, this is no new mail.',
    '2006-01-02T23:00:00 grace@example.org message: grün',
    '2006-01-03T10:00:00 ada@example.org message: One & two\nthree 🍅\n\nfour &bogus; <5',
  ])
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^64: timestamp /)
  expect(report.files[0]?.leftOut).toEqual({ 'headers that say how a mail came': 1 })
  expect(await db.users.getUser('ada@example.org')).toMatchObject({ displayName: 'ada@example.org' })
  expect(await db.users.getUser('grace@example.org')).toMatchObject({
    displayName: 'Grace H',
    metadata: { source: 'mbox', name: 'grace@example.org', displayName: 'Grace H' },
  })
})

it('mails of no list are in a channel of the file; those without ids are told apart', async () => {
  const { db } = await importOf(path)
  const line = `2006-01-03T11:00:00 bob@example.com message: {"kind":"message"} '; DROP TABLE messages; --`
  expect(await linesIn(db, 'mbox:garden')).toEqual([line, line])
})

it('subjects, recipients, answers and attachments are told', async () => {
  const { db } = await importOf(path)
  expect(await db.getMessage('1@example.org')).toMatchObject({
    replyToMessageId: null,
    metadata: {
      author: { name: 'Ada@Example.org', displayName: 'Adä' },
      threadId: `${list}:thread:1@example.org`,
      extra: { subject: 'Tomatoes', to: ['garden@example.org', 'Grace H <grace@example.org>'] },
    },
  })
  expect(await db.getMessage('2@example.org')).toMatchObject({
    replyToMessageId: '1@example.org',
    metadata: { attachments: [{ name: 'can.png', mimeType: 'image/png', sizeBytes: 5 }] },
  })
})

it('a thread is a segment, though a mail names only the one that it answers', async () => {
  const { db } = await importOf(path)
  expect(await segmentsIn(db, list)).toMatchObject([
    {
      segmentId: `${list}:thread:1@example.org`,
      startTime: new Date('2006-01-02T22:04:05Z'),
      endTime: new Date('2006-01-03T10:00:00Z'),
      metadata: { source: 'mbox', name: 'Tomatoes', rootMessageId: '1@example.org' },
      messageIds: ['1@example.org', '2@example.org', '3@example.org'],
    },
  ])
})

it('an archive of the web has lines of Windows and hidden addresses', async () => {
  const { db, report } = await importOf(fixture('mbox', '2006-January.txt'))
  expect(report.files.map(({ format }) => format)).toEqual(['mbox'])
  expect(await linesIn(db, 'mbox:2006-January')).toEqual([
    '2006-01-04T08:00:00 carol@example.org message: Line one\nLine two',
  ])
  expect(await segmentsIn(db, 'mbox:2006-January')).toMatchObject([
    { segmentId: 'mbox:2006-January:thread:0@example.org' },
  ])
})

it('imported twice leaves the same rows', async () => {
  await expectSameAgain(path, await importOf(path))
})

it('cut off anywhere gives all that is whole', async () => {
  await expectCutsKept('garden.mbox', await readFixture('mbox', 'garden.mbox'))
})

it('an empty file has nothing; one that is no mbox says so', async () => {
  const { report } = await importOfContent('a.mbox', '', { format: 'mbox' })
  expect(report).toMatchObject({ messagesInserted: 0, badLines: 0, problems: 0 })
  const { refused } = await importOfContent('a.mbox', 'hello\nworld\n', { format: 'mbox' })
  expect(refused).toEqual(['1: no mail begins before 12 bytes'])
})

it('a mail that is cut off within its head is refused: nobody knows which list it is of', async () => {
  const content = `From a Mon Jan  2 15:04:05 2006\nFrom: a@b.c\nDate: Mon, 2 Jan 2006 15:04:05 +0000\nMessage-ID: <1>\n`
  const { refused } = await importOfContent('a.mbox', content)
  expect(refused).toEqual(['1: the mail ends within its head'])
  const { report } = await importOfContent('a.mbox', `${content}\n`)
  expect(report.messagesInserted).toBe(1)
})

describe('a mail that is too large', () => {
  const mail = (id: string, headers: string, body: string) =>
    `From a Mon Jan  2 15:04:05 2006\nFrom: a@b.c\nDate: Mon, 2 Jan 2006 15:04:05 +0000\nMessage-ID: <${id}>\n${headers}\n${body}\n\n`
  const mixed = 'Content-Type: multipart/mixed; boundary=b\n'
  const part = (headers: string, content: string) => `--b\n${headers}\n${content}\n`
  const attachment = (name: string, content: string) =>
    part(`Content-Type: image/png; name=${name}\nContent-Transfer-Encoding: base64\n`, content)
  /** More than is held of a mail, as base64, a text or HTML. */
  const tooMuch = `${'A'.repeat(76_000)}\n`.repeat(450)
  const look = part('', 'Look!')
  const whole = attachment('a.png', 'AAAA')
  const alternative = 'Content-Type: multipart/alternative; boundary=b\n'
  const html = 'Content-Type: text/html\n'

  const importOfLarge = (headers: string, body: string) =>
    importOfContent('a.mbox', mail('1', '', 'x') + mail('2', headers, body) + mail('3', '', 'z'))

  it.each([
    ['within its last attachment', mixed, look + whole + attachment('b.png', tooMuch), 'Look!', ['a.png']],
    ['behind its last part', mixed, `${look}${whole}--b--\n${tooMuch}`, 'Look!', ['a.png']],
    ['within its only attachment', mixed, attachment('b.png', tooMuch), '', []],
    ['as an attachment', 'Content-Type: application/pdf; name=a.pdf\n', tooMuch, '', []],
    ['within HTML that a text stands for', alternative, look + part(html, tooMuch), 'Look!', []],
  ])('and cut %s goes in with what is whole, and the next one', async (_, headers, body, content, names) => {
    const { db, refused, report } = await importOfLarge(headers, body)
    expect(refused).toEqual([])
    expect(report.files[0]?.skipped).toEqual({ 'what mails hold beyond 32 MiB': 1 })
    expect(await linesIn(db, 'mbox:a')).toEqual([
      '2006-01-02T15:04:05 a@b.c message: x',
      `2006-01-02T15:04:05 a@b.c message: ${content}`,
      '2006-01-02T15:04:05 a@b.c message: z',
    ])
    const { metadata } = (await db.getMessage('2')) ?? {}
    expect((metadata ?? {})['attachments'] ?? []).toMatchObject(names.map((name) => ({ name })))
  })

  it.each([
    ['all a text', '', tooMuch],
    ['all HTML', html, tooMuch],
    ['one whose last part is a text', mixed, look + whole + part('', tooMuch)],
    ['one whose only text stands behind an attachment', mixed, whole + part('', tooMuch)],
    [
      'one whose text is in base64',
      mixed,
      whole + part('Content-Type: text/plain\nContent-Transfer-Encoding: base64\n', tooMuch),
    ],
    ['one that is cut where HTML shows nothing', mixed, whole + part(html, `<p>Look<style>${tooMuch}`)],
    ['one whose parts are not where its head says', mixed, tooMuch],
  ])('is refused by its line where it is %s, and the next one goes in', async (_, headers, body) => {
    const { db, refused } = await importOfLarge(headers, body)
    expect(refused).toEqual(['8: the mail is larger than 32 MiB'])
    expect(await linesIn(db, 'mbox:a')).toEqual([
      '2006-01-02T15:04:05 a@b.c message: x',
      '2006-01-02T15:04:05 a@b.c message: z',
    ])
  })
})

describe('mails of a file', () => {
  const first = 'From a Mon Jan  2 15:04:05 2006'
  const take = (text: string, size: number) => {
    const splitter = new MailSplitter(5_000)
    const bytes = Buffer.from(text)
    const mails = []
    for (let start = 0; start < bytes.length; start += size)
      mails.push(...splitter.push(bytes.subarray(start, start + size)))
    mails.push(...splitter.finish())
    return mails.map(({ line, bytes: content }) => [line, content?.toString()])
  }

  it.each([1, 7, 600, 100_000])('are the same when they come %d bytes at a time', (size) => {
    const long = 'x'.repeat(2_000)
    const text = `${first}\nA: b\n\n>From c\n${long}\n${first}\n\n${first}\nno header\n\n${first}\nC: d\n>>From d\n${'y'.repeat(6_000)}\n\n${first}\nEnd`
    expect(take(text, size)).toEqual([
      [1, `A: b\n\nFrom c\n${long}\n${first}\n\n${first}\nno header\n\n`],
      [11, `C: d\n>From d\n${'y'.repeat(6_000)}`.slice(0, 5_000)],
      [16, 'End'],
    ])
  })

  it.each([1, 7, 600, 100_000])('may stand without a blank line between them, %d bytes at a time', (size) => {
    const text = `${first}\nA: b\n\nc\n${first}\nDate: e\r\n\r\nf\r\nFrom - \r\nTo: no mail\r\n${first}\r\nX-H : i\r\n`
    expect(take(text, size)).toEqual([
      [1, 'A: b\n\nc\n'],
      [5, 'Date: e\r\n\r\nf\r\nFrom - \r\nTo: no mail\r\n'],
      [11, 'X-H : i\r\n'],
    ])
  })

  it.each([1, 7, 600, 100_000])('a line of a text begins none, %d bytes at a time', (size) => {
    const pasted = 'From bob@example.org Tue Jan 10 09:00:00 2006'
    const text = `${first}\nA: b\n\nHere is the line which I paste:\n${pasted}\nNOTE: rejected\nend\n\n${first}\nNote: c\n\n${pasted}\n${pasted}`
    expect(take(text, size)).toEqual([
      [1, text.slice(first.length + 1, text.indexOf(`\n${first}\n`, first.length) + 1)],
      [9, `Note: c\n\n${pasted}\n${pasted}`],
    ])
  })

  it.each([
    ['', true],
    ['X', true],
    ['Mess', true],
    ['X-Some', true],
    ['NOTE', false],
    ['Message in', false],
  ])('a file may end within the first header, as in %j: %s', (rest, begins) => {
    expect(take(`${first}\nA: b\n\nc\n${first}\n${rest}`, 1_000)).toHaveLength(begins ? 2 : 1)
  })

  it.each([
    ['From a@b.c Mon Jan  2 15:04:05 2006', true],
    ['From 123@xxx Mon Jan 02 15:04:05 +0000 2006', true],
    ['From a at b.c  Sun Jan  1 1:02:03 2006', true],
    ['From - ', true],
    ['From', false],
    ['From: a@b.c', false],
    ['From here it went on Mon at 9', false],
    [`From ${'a'.repeat(1_000)} Mon Jan  2 15:04:05 2006`, false],
  ])('%s begins one: %s', (line, expected) => {
    expect(isFirstLine(line)).toBe(expected)
  })
})

it.each([
  ['a<b>c</b>', 'ac'],
  ['a<', 'a<'],
  ['1 < 2 <b>', '1 < 2'],
  ['a<script>never ends', 'a'],
  ['&#0;&#xD800;&#1114112;&copy', '\uFFFD\uFFFD\uFFFD&copy'],
  ['it&#146;s 5&nbsp;&#128; &#x96; &#8217;&#160;', 'it’s 5 € – ’'],
  ['<p>a</p><p>b</p>', 'a\n\nb'],
  ['<SCRIPT>x</SCRIPT>y', 'y'],
  // A small letter of these is two code units, or another number of bytes.
  ['<p>İstanbul ve İzmir</p><p>Ankara</p>', 'İstanbul ve İzmir\n\nAnkara'],
  ['İİİİ<SCRIPT>x</SCRIPT><P>Kelvin</P>', 'İİİİ\nKelvin'],
  ['one <b> two </b> three <br> four', 'one two three\nfour'],
  ['a &nbsp; b&nbsp;<br>&nbsp;c', 'a   b\nc'],
])('%s reads %s', (html, text) => {
  expect(textOfHtml(html)).toBe(text)
})

/** The least of three runs, as others use the machine, too. */
function cpuMsOf(run: () => void): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return Math.min(...times)
}

const mailOf = (text: string) => ({ headers: [], headerLines: [], attachments: [], text })

it.each([
  ['<script><!--<', textOfHtml],
  ['</ ', textOfHtml],
  ['<b> ', textOfHtml],
  ['<b> &nbsp;', textOfHtml],
  ['\u0130<b>\n', textOfHtml],
  ['<p> ', textOfHtml],
  // A text that ends otherwise than with the lines without words that it is full of.
  ['\n', (text: string) => readMail(mailOf(`${text}x`), '', () => '').content],
  ['( ', timeOfMail],
  ['Mon ', timeOfMail],
  ['2 Jan 2006 15:04 ', timeOfMail],
  [' ', (text: string) => timeOfMail(`2 Jan 2006 15:04${text}x,`)],
  ['\n\n ', (text: string) => toReadableBytes(Buffer.from(`A: b\n${text}`))],
  ['content-type: text\n \n', (text: string) => toReadableBytes(Buffer.from(`${text}\n\nx`))],
])('%j, many times, takes no more time than its length', (text, read: (text: string) => unknown) => {
  const [few, many] = [text.repeat(20_000), text.repeat(80_000)]
  read(few)
  // Four times as much, which is 16 times the work where it is quadratic, and seconds of it. The rest is for garbage, which other threads
  // collect, and whose time is counted, too.
  expect(cpuMsOf(() => read(many))).toBeLessThan(8 * cpuMsOf(() => read(few)) + 400)
})
