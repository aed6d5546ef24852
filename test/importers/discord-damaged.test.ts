import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { exported, plain } from './support/discord-file.js'
import { readArchive } from './support/read-archive.js'

let path: string

beforeEach(async () => {
  path = join(await temporaryFolder(), 'general.json')
})

async function read(content: object | string) {
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readArchive(path)
}

describe('a file of DiscordChatExporter that is not as it should be', () => {
  it('is cut off anywhere gives all messages that are whole, and says that it is cut off', async () => {
    const whole = JSON.stringify(exported([plain('1'), plain('2'), plain('3')]))
    for (let length = whole.indexOf('"dateRange"') + 12; length < whole.length; length += 7) {
      const cut = whole.slice(0, length)
      const { of, complaints } = await read(cut)
      const wholeMessages = ['1', '2', '3'].filter((id) => cut.includes(`${JSON.stringify(plain(id))}`))
      expect(of('message').map(({ messageId }) => messageId)).toEqual(wholeMessages)
      expect(complaints[0]).toMatch(/is damaged or cut off/)
    }
  })

  it('refuses a message by its place, and takes the others', async () => {
    const { of, faults } = await read(
      exported([plain('1'), plain('2', { timestamp: 'yesterday' }), plain('3', { author: {} }), plain('4')]),
    )
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['1', '4'])
    expect(faults).toHaveLength(2)
    expect(faults[0]).toMatch(/^messages\[1\]: timestamp/)
    expect(faults[1]).toMatch(/^messages\[2\]: userId/)
  })

  it('may have a byte order mark, ids twice, and fields of other kinds than they were', async () => {
    const odd = plain('1', {
      attachments: null,
      reactions: 'none',
      mentions: {},
      embeds: [null],
      isPinned: 'no',
    })
    await writeFile(path, `\uFEFF${JSON.stringify(exported([odd, odd]))}`)
    const { of, faults } = await readArchive(path)
    expect(faults).toEqual([])
    expect(of('message')).toHaveLength(2)
    expect(await readFile(path, 'utf8')).toContain('"none"')
  })

  it.each(['constructor', '__proto__', 'toString'])('takes a message of the type %s', async (type) => {
    const { of, faults } = await read(exported([plain('1', { type })]))
    expect([of('message').length, faults]).toEqual([1, []])
  })

  it('refuses an id that has lost digits, and metadata that is too deep', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)
    const text = JSON.stringify(exported([plain('1', { embeds: [{ deep }] }), plain('2')]))
    const { of, faults } = await read(
      text.replace('"id":"2","type":"Default"', '"id":900000000000000001,"type":"Default"'),
    )
    expect(of('message')).toEqual([])
    expect(faults).toEqual([
      expect.stringMatching(/^messages\[0\]: metadata/),
      expect.stringMatching(/^messages\[1\]: messageId/),
    ])
  })

  it('that is a thread, newest first, has the whole span', async () => {
    const at = (seconds: number) => `2024-03-01T12:00:0${seconds}.000Z`
    const { of } = await read(
      exported(
        [
          plain('9', { timestamp: at(9) }),
          plain('5', { timestamp: at(5) }),
          plain('1', { timestamp: at(1) }),
        ],
        {
          channel: { id: '20', type: 'GuildPublicThread', name: 'boilers' },
        },
      ),
    )
    expect(of('thread').at(-1)).toMatchObject({ startTime: Date.parse(at(1)), endTime: Date.parse(at(9)) })
  })
})
