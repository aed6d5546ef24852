import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { readArchive } from './support/read-archive.js'

/** A log of these lines, as `time type nick: text`. */
async function read(lines: readonly string[]) {
  const path = join(await temporaryFolder(), '#garden.log')
  await writeFile(path, lines.join('\n'))
  const archive = await readArchive(path)
  const said = archive.of('message').map(({ timestamp, messageType, userId, content }) => {
    const time = new Date(timestamp).toISOString().slice(0, 19)
    return `${time} ${messageType} ${userId.slice('irc:'.length)}: ${content}`
  })
  return { ...archive, said }
}

const opened = '--- Log opened Mon Jan 02 09:00:00 2006'

describe('a log of irssi', () => {
  it.each([
    ['10:00 < ada> hi', '10:00:00'],
    ['10:00:01 < ada> hi', '10:00:01'],
    ['[10:00:01] < ada> hi', '10:00:01'],
    ['[10:00] < ada> hi', '10:00:00'],
    ['2006-01-02 10:00:01 < ada> hi', '10:00:01'],
    ['[2006-01-02 10:00:01] < ada> hi', '10:00:01'],
    ['2006-01-02T10:00:01+0100 < ada> hi', '09:00:01'],
    ['2006-01-02 10:00:01 +01:00 < ada> hi', '09:00:01'],
  ])('may have times as %s', async (line, time) => {
    const { said, faults } = await read([opened, line])
    expect(faults).toEqual([])
    expect(said).toEqual([`2006-01-02T${time} message ada: hi`])
  })

  it('goes on to the next day behind midnight, where it was told to write no lines of days', async () => {
    const { said } = await read([
      '--- Log opened Mon Jan 02 23:50:00 2006',
      '00:05 < ada> the third',
      '23:59 < ada> the third',
      '00:01 < ada> the fourth',
      // Clocks are put back, too.
      '02:59 < ada> the fourth',
      '02:00 < ada> the fourth',
      '--- Log closed Wed Jan 04 22:00:00 2006',
      '--- Log opened Fri Jan 06 08:00:00 2006',
      '09:00 < ada> the sixth',
    ])
    expect(said.map((line) => `${line.slice(8, 16)} ${line.split(' ').at(-1)}`)).toEqual([
      '03T00:05 third',
      '03T23:59 third',
      '04T00:01 fourth',
      '04T02:59 fourth',
      '04T02:00 fourth',
      '06T09:00 sixth',
    ])
  })

  it('that writes lines of days is on the day that they say, whatever its clock does', async () => {
    const { said } = await read([
      opened,
      '--- Day changed Tue Jan 03 2006',
      '20:00 < ada> a clock that is wrong',
      '10:00 < ada> and was set',
      '--- Day changed Wed Jan 04 2006',
      '00:00 < ada> hi',
    ])
    expect(said.map((line) => line.slice(8, 16))).toEqual(['03T20:00', '03T10:00', '04T00:00'])
  })

  it('is found out by a date on its first lines, where it does not say when it was opened', async () => {
    const { formats, said } = await read([
      '2006-01-02 10:00:01 <@ada> hi',
      '2006-01-02 10:00:02 -!- ada [a@b] has quit [bye]',
    ])
    expect(formats).toEqual(['irc'])
    expect(said).toHaveLength(2)
  })

  it("keeps what is nobody's message as a notice, and private messages by who sent them", async () => {
    const { said, faults } = await read([
      opened,
      '10:00 ada [~ada@example.org] requested VERSION from #garden',
      '10:00 End of /MOTD command.',
      '10:01 [ada(~ada@example.org)] psst',
      '10:01 [msg(ada)] what?',
      '10:02 !irc.example.org *** Looking up your hostname',
      '10:02 ',
    ])
    expect(said).toEqual([
      '2006-01-02T10:00:00 notice : ada [~ada@example.org] requested VERSION from #garden',
      '2006-01-02T10:00:00 notice : End of /MOTD command.',
      '2006-01-02T10:01:00 message ada: psst',
      '2006-01-02T10:01:00 notice : [msg(ada)] what?',
      '2006-01-02T10:02:00 notice : !irc.example.org *** Looking up your hostname',
    ])
    expect(faults).toEqual(['7: the line is none that irssi or WeeChat writes'])
  })

  it('may have a zone at each time of a day', async () => {
    const { said, faults } = await read([opened, '10:00:05+0200 <ada> hi', '23:30-01:00 <ada> late'])
    expect(faults).toEqual([])
    expect(said).toEqual(['2006-01-02T08:00:05 message ada: hi', '2006-01-03T00:30:00 message ada: late'])
  })

  it('tells of joins with the account and the name, and of quits that say anything', async () => {
    const { said } = await read([
      opened,
      '10:00 -!- ada [~ada@example.org] [ada_acct] [Ada [L]] has joined #garden',
      '10:00 -!- ada [~ada@example.org] has quit [Quit: nobody [really] has left]',
    ])
    expect(said.map((line) => line.slice(20, 30))).toEqual(['join ada: ', 'leave ada:'])
  })
})

describe('a log of WeeChat', () => {
  it.each([
    ['2006-01-02 15:04:05', '15:04:05'],
    ['2006-01-02 15:04', '15:04:00'],
    ['2006-01-02T15:04:05.123456Z', '15:04:05'],
    ['2006-01-02T15:04:05+0100', '14:04:05'],
    ['2006-01-02 15:04:05 +0100', '14:04:05'],
  ])('may have times as %s', async (time, expected) => {
    const { formats, said } = await read([`${time}\tada\thi`])
    expect(formats).toEqual(['irc'])
    expect(said).toEqual([`2006-01-02T${expected} message ada: hi`])
  })

  it('may say where it begins and ends, put nicks in brackets, and tell who joined at length', async () => {
    const { said, faults } = await read([
      '2006-01-02 15:04:05\t****  Beginning of log  ****',
      '2006-01-02 15:04:05\t-->\tada [ada_acct] (Ada (L)) (~ada@example.org) has joined #garden',
      '2006-01-02 15:04:06\t<@ada>\thi',
      '2006-01-02 15:04:07\t****  End of log  ****',
    ])
    expect(faults).toEqual([])
    expect(said).toEqual([
      '2006-01-02T15:04:05 join ada: ada [ada_acct] (Ada (L)) (~ada@example.org) has joined #garden',
      '2006-01-02T15:04:06 message ada: hi',
    ])
  })
})

it('lines that are made to be slow are not', async () => {
  const before = process.cpuUsage().user
  const { said } = await read([
    opened,
    `10:00 -!- ada ${'[('.repeat(5_000)}${')] '.repeat(5_000)}x`,
    `10:00 [${'a'.repeat(50_000)}(`,
    `10:00 [a(${'@'.repeat(200_000)}`,
  ])
  expect(said).toHaveLength(3)
  expect(process.cpuUsage().user - before).toBeLessThan(20_000_000)
})
