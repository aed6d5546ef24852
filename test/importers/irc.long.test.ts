import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logNameOf } from '../../src/importers/formats/irc/log-name.js'
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

const irssi = join('irc', 'libera', '#garden.log')
const weechat = join('irc', 'irc.libera.#garden.weechatlog')

describe('a log of irssi', () => {
  it('is a channel of messages, actions and what happened; each line has its day', async () => {
    const { db, refused } = await importOf(fixture(irssi))
    expect(await linesIn(db, 'irc:#garden')).toEqual([
      '2006-01-02T22:58:00 irc:ada join: ada [~ada@example.org] has joined #garden',
      '2006-01-02T22:58:00 irc: notice: Irssi: #garden: Total of 3 nicks [1 ops, 0 halfops, 1 voices, 1 normal]',
      '2006-01-02T22:59:00 irc:grace message: who waters the tomatoes?',
      '2006-01-02T22:59:00 irc:ada message: me',
      '2006-01-02T22:59:00 irc:ada message: me',
      `2006-01-02T22:59:00 irc:ada message: <b>not</b> today, {"kind":"message"} $1 '; DROP TABLE messages; --`,
      '2006-01-02T22:59:00 irc:ada action: fetches the can',
      '2006-01-02T23:00:00 irc:ada leave: ada [~ada@example.org] has left #garden [bye]',
      '2006-01-02T23:00:00 irc:grace mode: mode/#garden [+v linus] by grace',
      '2006-01-02T23:00:00 irc:linus message: thanks',
      '2006-01-02T23:01:00 irc:linus nick: linus is now known as linus_away',
      '2006-01-02T23:01:00 irc:grace topic: grace changed the topic of #garden to: tomatoes > roses',
      '2006-01-02T23:01:00 irc:grace kick: troll was kicked from #garden by grace [out]',
      '2006-01-02T23:02:00 irc:grace notice: meeting at noon',
      '2006-01-02T23:02:00 irc:irc.example.org mode: ServerMode/#garden [+nt] by irc.example.org',
      '2006-01-03T00:00:00 irc:linus_away leave: linus_away [~l@example.org] has quit [Ping timeout]',
      '2006-01-03T00:10:00 irc:grace message: good morning',
      '2006-01-04T09:00:07 irc:grace message: seconds are kept',
    ])
    expect(refused).toEqual(['19: the line is none that irssi or WeeChat writes'])
    const [, , first] = await messagesIn(db, 'irc:#garden')
    expect(first?.metadata).toEqual({ source: 'irc', author: { name: 'grace', roles: ['operator'] } })
    expect(await db.users.getUser('irc:grace')).toMatchObject({ displayName: 'grace' })
  })

  it('in a folder of its network is a channel of that network', async () => {
    const { db, report } = await importOf(fixture('irc'))
    const { items } = await db.listChannels()
    expect(items.map(({ channelId }) => channelId).toSorted()).toEqual(['irc:libera/#garden'])
    expect(items[0]).toMatchObject({ name: '#garden', metadata: { workspace: { name: 'libera' } } })
    expect(report.files.map(({ format }) => format)).toEqual(['irc', 'irc'])
  })

  it('may have been written in another language, and in one that nobody knows', async () => {
    const log = [
      '--- Log opened Mo Mär 06 10:00:00 2017',
      '10:01 < ada> Guten Tag',
      '--- Day changed Di Xyz 07 2017',
    ]
    const { db, refused, problems } = await importOfContent(
      '#a.log',
      [...log, '10:02 < ada> lost'].join('\n'),
    )
    expect(await linesIn(db, 'irc:#a')).toEqual(['2017-03-06T10:01:00 irc:ada message: Guten Tag'])
    expect(refused).toEqual(['4: no line before it says which day it is'])
    expect(problems[0]).toContain("has a day that can not be read: 'Di Xyz 07 2017'")
  })

  it('keeps lines of Latin-1, and ends of lines as Windows has them', async () => {
    const log = Buffer.from(
      '--- Log opened Mon Jan 02 10:00:00 2006\r\n10:01 < ada> gr\xfc\xdfe\r\n',
      'latin1',
    )
    const { db } = await importOfContent('#a.log', log)
    expect(await linesIn(db, 'irc:#a')).toEqual(['2006-01-02T10:01:00 irc:ada message: grüße'])
  })

  it('refuses what a clock can not show', async () => {
    const log =
      '--- Log opened Mon Jan 02 10:00:00 2006\n25:01 < ada> hi\n10:60 < ada> hi\n10:59:60 < ada> leap\n'
    const { db, refused } = await importOfContent('#a.log', log)
    expect(refused).toHaveLength(2)
    expect(await linesIn(db, 'irc:#a')).toEqual(['2006-01-02T11:00:00 irc:ada message: leap'])
  })
})

describe('a log of WeeChat', () => {
  it('is a channel of its network', async () => {
    const { db, refused } = await importOf(fixture(weechat))
    expect(refused).toEqual([])
    expect(await linesIn(db, 'irc:libera/#garden')).toEqual([
      '2023-05-06T07:08:09 irc:ada join: ada (~ada@example.org) has joined #garden',
      '2023-05-06T07:08:10 irc: topic: Topic for #garden is "roses"',
      '2023-05-06T07:08:11 irc:grace message: hello\tada',
      '2023-05-06T07:08:12 irc:ada action: waves',
      '2023-05-06T07:08:13 irc:ada nick: ada is now known as lovelace',
      '2023-05-06T07:08:14 irc:grace notice: careful',
      '2023-05-06T07:08:15 irc:grace mode: Mode #garden [+o lovelace] by grace',
      '2023-05-06T07:08:16 irc:grace topic: grace has changed topic for #garden from "roses" to "tulips"',
      '2023-05-06T07:08:17 irc:grace kick: grace has kicked troll (out)',
      '2023-05-06T07:08:18 irc:lovelace leave: lovelace (~ada@example.org) has quit (Quit: bye)',
      '2023-05-06T07:08:19 irc: notice: plain server text',
      '2023-05-06T07:08:20 irc:grace message: late',
    ])
  })
})

describe.each([irssi, weechat])('%s', (path) => {
  it('imported twice leaves the same rows', async () => {
    await expectSameAgain(fixture(path), await importOf(fixture(path)))
  })

  it('cut off anywhere gives all that is whole', async () => {
    await expectCutsKept('#garden.log', await readFixture(path))
  })
})

it('a longer log of the same channel only adds', async () => {
  const content = (await readFixture(irssi)).toString()
  const { db, report } = await importOfContent(
    '#garden.log',
    content.slice(0, content.indexOf('--- Day changed')),
  )
  const { report: longer } = await importOfContent('#garden.log', content, { db })
  expect(report.messagesInserted + longer.messagesInserted).toBe(18)
})

it('an empty file has nothing but the channel', async () => {
  const { db, report } = await importOfContent('#a.log', '', { format: 'irc' })
  expect(report).toMatchObject({ messagesInserted: 0, badLines: 0, channels: 1 })
  expect(await linesIn(db, 'irc:#a')).toEqual([])
})

it.each([
  ['#chan.log', undefined, '#chan'],
  ['oftc/#chan.log', 'oftc', '#chan'],
  ['#chan.2006-01-02.log', undefined, '#chan'],
  ['#chan-20060102.log.gz', undefined, '#chan'],
  ['irc.libera.#a.b.weechatlog', 'libera', '#a.b'],
  ['irc.irc.example.org.#a.weechatlog.2', 'irc.example.org', '#a'],
  ['irc.libera.ada.weechatlog', 'libera', 'ada'],
  ['logs/irc.libera.##c.weechatlog', 'libera', '##c'],
])('%s is of network %s and channel %s', (path, network, channel) => {
  expect(logNameOf(path)).toEqual({ network, channel })
})
