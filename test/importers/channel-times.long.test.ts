import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { fixture, importOf } from './import-of.js'

it.each(['telegram', 'whatsapp', 'mbox', 'irc', 'matrix', 'discord'])(
  'a channel of %s, of which nobody says when it was made, is as old as its first message, also when it is imported again',
  async (format) => {
    const db = await temporaryDatabase()
    for (let run = 0; run < 2; run += 1) {
      await importOf(fixture(format), { db })
      const { items: channels } = await db.listChannels({ limit: 1_000 })
      const withMessages = channels.filter(({ messageCount }) => messageCount > 0)
      expect(withMessages).not.toEqual([])
      for (const { channelId, createdAt } of withMessages) {
        const { items } = await db.getMessages({ channelId, order: 'asc', limit: 1_000 })
        expect(items.map(({ timestamp }) => timestamp)).toContainEqual(createdAt)
      }
    }
  },
)

it('one that says it keeps what it says; one without messages is there all the same, also behind a file that breaks off', async () => {
  const path = join(await temporaryFolder(), 'chat.ndjson')
  const lines = [
    { kind: 'channel', channelId: 'told', createdAt: '2020-01-01T00:00:00Z' },
    { kind: 'channel', channelId: 'empty', name: 'Empty' },
    { kind: 'channel', channelId: 'named', name: 'Old name' },
    { kind: 'channel', channelId: 'named', name: 'Named' },
    ...['told', 'named'].map((channelId) => ({
      kind: 'message',
      messageId: channelId,
      channelId,
      userId: 'ada',
      content: 'hello',
      timestamp: '2021-05-05T05:05:05Z',
    })),
  ]
  await writeFile(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"kind":"message","mess`)
  const { db } = await importOf(path)
  const createdAt = async (channelId: string) => (await db.getChannel({ channelId }))?.createdAt.toISOString()
  expect(await createdAt('told')).toBe('2020-01-01T00:00:00.000Z')
  expect(await createdAt('named')).toBe('2021-05-05T05:05:05.000Z')
  expect(await db.getChannel({ channelId: 'named' })).toMatchObject({ name: 'Named' })
  expect(await db.getChannel({ channelId: 'empty' })).toMatchObject({ name: 'Empty' })
})
