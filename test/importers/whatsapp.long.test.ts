import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chatNameIn, chatNameOf } from '../../src/importers/formats/whatsapp/chat-name.js'
import { readHeader } from '../../src/importers/formats/whatsapp/header.js'
import {
  expectCutsKept,
  expectSameAgain,
  fixture,
  importOf,
  importOfContent,
  linesIn,
  messagesIn,
  readFixture,
} from './import-of.js'

const iPhone = join('whatsapp', 'WhatsApp Chat - Garden club', '_chat.txt')
const american = join('whatsapp', 'WhatsApp Chat with Bob.txt')
const german = join('whatsapp', 'WhatsApp-Chat mit Karl.txt')

describe('a chat of an iPhone', () => {
  it('has messages of several lines, and what the chat tells is nobody’s', async () => {
    const { db, refused, problems, report } = await importOf(fixture(iPhone))
    expect([refused, problems]).toEqual([[], []])
    expect(report.files.map(({ format }) => format)).toEqual(['whatsapp'])
    expect(await linesIn(db, 'whatsapp:Garden club')).toEqual([
      '2020-12-24T18:29:58 whatsapp: notice: Messages and calls are end-to-end encrypted. No one outside of this chat can read them.',
      '2020-12-24T18:30:00 whatsapp:Ada Lovelace message: Who brings the tree?\n\n  I have the lights.',
      '2020-12-25T09:05:07 whatsapp:~ Grace message: me: at noon',
      '2020-12-25T21:05:07 whatsapp:Ada Lovelace message: <attached: 00000004-PHOTO-2020-12-25-21-05-07.jpg>',
      '2020-12-25T21:06:00 whatsapp:Ada Lovelace message: image omitted',
      '2020-12-25T21:07:00 whatsapp:Ada Lovelace message: thanks @\u2068Grace\u2069',
      '2020-12-25T21:08:00 whatsapp:Ada Lovelace join: Ada Lovelace added Linus',
      '2020-12-25T21:09:00 whatsapp:+49 151 00000 message: ok',
      '2020-12-25T21:09:00 whatsapp:+49 151 00000 message: ok',
    ])
  })

  it('has attachments, mentions and edits', async () => {
    const { db } = await importOf(fixture(iPhone))
    const messages = await messagesIn(db, 'whatsapp:Garden club')
    const author = { name: 'Ada Lovelace' }
    const name = '00000004-PHOTO-2020-12-25-21-05-07.jpg'
    expect(messages.slice(3, 6).map(({ metadata }) => metadata)).toEqual([
      { source: 'whatsapp', author, attachments: [{ name, url: name }] },
      { source: 'whatsapp', author, extra: { isMediaOmitted: true } },
      { source: 'whatsapp', author, mentions: [{ userId: 'whatsapp:Grace', name: 'Grace' }], isEdited: true },
    ])
    expect(await db.users.getUser('whatsapp:Ada Lovelace')).toMatchObject({ displayName: 'Ada Lovelace' })
  })
})

describe('a chat of Android', () => {
  it('with the month first and a clock of twelve hours', async () => {
    const { db, refused, problems } = await importOf(fixture(american))
    expect([refused, problems]).toEqual([[], []])
    expect(await linesIn(db, 'whatsapp:Bob')).toEqual([
      '2020-12-24T18:30:00 whatsapp: notice: Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen to them. Tap to learn more.',
      '2021-01-02T00:05:00 whatsapp: name: Ada changed the subject from "a: b" to "c"',
      '2021-01-02T00:06:00 whatsapp:Bob message: <Media omitted>',
      '2021-01-02T12:07:00 whatsapp:Bob message: IMG-20210102-WA0001.jpg (file attached)\nlook at this',
      `2021-01-02T12:08:00 whatsapp:Ada message: {"kind":"message"} <script>alert(1)</script> '; DROP TABLE messages; --`,
      '2021-01-02T12:09:00 whatsapp:Ada message: ',
      '2021-01-02T12:10:00 whatsapp: leave: Bob left',
    ])
    const messages = await messagesIn(db, 'whatsapp:Bob')
    expect(messages[3]?.metadata).toMatchObject({ attachments: [{ name: 'IMG-20210102-WA0001.jpg' }] })
  })

  it('in German', async () => {
    const { db, problems } = await importOf(fixture(german))
    expect(problems).toEqual([])
    expect(await linesIn(db, 'whatsapp:Karl')).toEqual([
      '2021-04-03T10:00:00 whatsapp:Karl message: Hallo',
      '2021-04-03T10:01:00 whatsapp:Karl message: <Medien ausgeschlossen>',
      '2021-04-05T10:01:00 whatsapp:Ada message: Bis morgen!',
    ])
    const [, media, last] = await messagesIn(db, 'whatsapp:Karl')
    expect(media?.metadata).toMatchObject({ extra: { isMediaOmitted: true } })
    expect(last?.metadata).toMatchObject({ isEdited: true })
  })
})

describe('which number of a date is the day', () => {
  const chat = (...dates: string[]) => dates.map((date, index) => `${date}, 10:00 - Ada: ${index}\n`).join('')
  const daysOf = async (content: string) => {
    const { db, problems, refused } = await importOfContent('WhatsApp Chat with A.txt', content)
    const messages = await messagesIn(db, 'whatsapp:A')
    const days = messages.map(({ timestamp }) => timestamp.toISOString().slice(0, 10))
    return { days, problems, refused }
  }

  it('is told by a number above 12, though it is the last line’s', async () => {
    const { days, problems } = await daysOf(chat('03/04/2021', '04/04/2021', '13/04/2021'))
    expect([days, problems]).toEqual([['2021-04-03', '2021-04-04', '2021-04-13'], []])
    const { days: monthFirst } = await daysOf(chat('4/3/21', '4/4/21', '4/13/21'))
    expect(monthFirst).toEqual(['2021-04-03', '2021-04-04', '2021-04-13'])
  })

  it('else by the order in which time does not run backwards', async () => {
    const { days, problems } = await daysOf(chat('11/01/2021', '12/01/2021', '01/02/2021'))
    expect([days, problems]).toEqual([['2021-01-11', '2021-01-12', '2021-02-01'], []])
    const { days: monthFirst } = await daysOf(chat('1/11/21', '1/12/21', '2/1/21'))
    expect(monthFirst).toEqual(['2021-01-11', '2021-01-12', '2021-02-01'])
  })

  it('else is a guess, which is said', async () => {
    const { days, problems } = await daysOf(chat('03/04/2021', '03/05/2021'))
    expect(days).toEqual(['2021-04-03', '2021-05-03'])
    expect(problems[0]).toContain('does not show whether its dates begin with the day or the month')
    expect((await daysOf(chat('04/04/2021'))).problems).toEqual([])
    const short = await daysOf(chat('6/1/24', '6/2/24', '6/7/24'))
    expect(short.days).toEqual(['2024-06-01', '2024-06-02', '2024-06-07'])
    expect(short.problems[0]).toContain('months are taken to come first')
  })

  it('is the last where the year is first', async () => {
    expect((await daysOf(chat('2021-04-03', '2021/4/5'))).days).toEqual(['2021-04-03', '2021-04-05'])
  })

  it('is not told by one message with another chat’s date', async () => {
    const { days } = await daysOf(chat('03/04/2021', '12/24/2020', '13/04/2021', '14/04/2021'))
    expect(days).toEqual(['2021-04-03', '2021-04-13', '2021-04-14'])
  })

  it('of a date that is none in that order, the line is text of the message before, which is said', async () => {
    const content = chat('13/04/2021', '14/04/2021', '04/13/2021', '31/02/2021')
    const { db, problems, refused } = await importOfContent('WhatsApp Chat with A.txt', content)
    expect(await linesIn(db, 'whatsapp:A')).toEqual([
      '2021-04-13T10:00:00 whatsapp:Ada message: 0',
      '2021-04-14T10:00:00 whatsapp:Ada message: 1\n04/13/2021, 10:00 - Ada: 2\n31/02/2021, 10:00 - Ada: 3',
    ])
    expect(refused).toEqual([])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('has the date 04/13/2021 in line 3, which is none')
  })
})

it.each([
  ['[2021/4/3 下午3:45:10] Ada: a', { ofDayMs: ((15 * 60 + 45) * 60 + 10) * 1_000, rest: 'Ada: a' }],
  ['3/4/21, 12:00 a. m. - Ada: a', { ofDayMs: 0 }],
  ['3/4/21, 12:00 p.\u00A0m. - Ada: a', { ofDayMs: 12 * 3_600_000 }],
  ['3/4/2021 10.05 - Ada: a', { ofDayMs: (10 * 60 + 5) * 60_000 }],
  ['٣/٤/٢٠٢١، ٣:٤٥ م - Ada: a٣', { ofDayMs: (15 * 60 + 45) * 60_000, rest: 'Ada: a٣' }],
  ['٣/٤/٢٠٢١, ٣:٤٥ م - Ada: a٣', { ofDayMs: (15 * 60 + 45) * 60_000, rest: 'Ada: a٣' }],
  ['3/4/21, 9:00 quux - Ada: a', { ofDayMs: 9 * 3_600_000, unknownWord: 'quux' }],
  ['3/4/21, 25:00 - Ada: a', undefined],
  ['3/4/21 was a fine day', undefined],
  ['1. buy milk - today', undefined],
])('%s', (line, expected) => {
  if (expected === undefined) expect(readHeader(line)).toBeUndefined()
  else expect(readHeader(line)).toMatchObject(expected)
})

it('a word beside the time that is not known is reported once', async () => {
  const line = '13/4/21, 9:00 quux - Ada: a\n'
  const { problems, report } = await importOfContent('a.txt', line + line)
  expect(problems.filter((problem) => problem.includes("'quux'"))).toHaveLength(1)
  expect(report.messagesInserted).toBe(2)
})

it.each([
  ['/x/WhatsApp Chat with Ada & Bob.txt', 'Ada & Bob'],
  ['/x/WhatsApp Chat - Ada (1).zip/_chat.txt', 'Ada'],
  ['/x/WhatsApp Chat - Ada/_chat.txt', 'Ada'],
  ['/x/Chat de WhatsApp con Ada.txt', 'Ada'],
  ['standard input', 'standard input'],
  ['/x/notes.txt', 'notes'],
])('%s is the chat %s', (path, name) => {
  expect(chatNameOf(path)).toBe(name)
})

it('a chat of a file that is given without its folder, as where somebody stands, is called as that folder', () => {
  const here = basename(process.cwd())
  expect(chatNameIn({ name: '_chat.txt', filePath: '_chat.txt' })).toBe(here)
  expect(chatNameIn({ name: join('.', '_chat.txt'), filePath: join('.', '_chat.txt') })).toBe(here)
  // Sent to a server it lies in a folder of the server's.
  expect(chatNameIn({ name: '_chat.txt', filePath: '/tmp/convodb-x/upload' })).toBe('_chat')
  expect(chatNameIn({ name: 'Ada.zip/_chat.txt', filePath: undefined })).toBe('Ada')
})

describe.each([iPhone, american, german])('%s', (path) => {
  it('imported twice leaves the same rows', async () => {
    await expectSameAgain(fixture(path), await importOf(fixture(path)))
  })
})

it('cut off anywhere gives all that is whole', async () => {
  await expectCutsKept('WhatsApp Chat with Bob.txt', await readFixture(american))
})

it('a longer export of the same chat only adds; iPhones may write the spaces of times anew', async () => {
  const content = (await readFile(fixture(american), 'utf8')).replaceAll('\u202F', ' ')
  const { db, report } = await importOf(fixture(american))
  const longer = `${content}1/2/21, 12:10 PM - Bob left\n`
  const { report: second } = await importOfContent('WhatsApp Chat with Bob.txt', longer, { db })
  expect([report.messagesInserted, second.messagesInserted, second.messagesUpdated]).toEqual([7, 1, 7])
})

it('a line that is no UTF-8, and one before any message, are refused by number', async () => {
  const content = Buffer.from('hello\n13/4/21, 9:00 - Ada: a\nb\xff\n\nc\n', 'latin1')
  const { db, refused } = await importOfContent('WhatsApp Chat with A.txt', content)
  expect(refused).toEqual(['1: no message begins with it or before it', '3: the line is not valid UTF-8'])
  expect(await linesIn(db, 'whatsapp:A')).toEqual(['2021-04-13T09:00:00 whatsapp:Ada message: a\n\nc'])
})

it('an empty file has nothing but the channel', async () => {
  const { report } = await importOfContent('a.txt', '', { format: 'whatsapp' })
  expect(report).toMatchObject({ messagesInserted: 0, badLines: 0, problems: 0, channels: 1 })
})
