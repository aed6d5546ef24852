import { join } from 'node:path'
import type { DatabaseManager } from 'convodb'
import { expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** A file in which every JSON text is `damaged`. */
async function fileWith(damaged: string): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await temporaryDatabase({ readers: 1 }, path)
  await db.upsertChannel({ channelId: 'general', metadata: { a: 1 } })
  await db.addMessages([message('1', { metadata: { a: 1 } }), message('2')])
  await db.users.upsertUser({ userId: 'ada', displayName: 'Ada', metadata: { a: 1 } })
  await db.users.updateProfile({ userId: 'ada', profile: { a: 1 } })
  const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1, metadata: { a: 1 } }
  await db.createSegmentWithMessages({ ...segment, messages: ['1', '2'] })
  await db.close()
  return damagedCopy(
    path,
    `UPDATE channels SET metadata = '${damaged}'`,
    `UPDATE users SET metadata = '${damaged}'`,
    `UPDATE messages SET metadata = '${damaged}' WHERE message_id = '1'`,
    `UPDATE conversation_segments SET metadata = '${damaged}'`,
    `UPDATE user_profiles SET profile = '${damaged}'`,
  )
}

const reads: readonly (readonly [row: object, read: (db: DatabaseManager) => Promise<unknown>])[] = [
  [{ channelId: 'general' }, (db) => db.getChannel('general')],
  [{ channelId: 'general' }, (db) => db.listChannels()],
  [{ channelId: 'general' }, (db) => db.upsertChannel({ channelId: 'general', name: 'n' })],
  [{ messageId: '1' }, (db) => db.getMessages({ channelId: 'general' })],
  [{ messageId: '1' }, (db) => db.getMessagesByIds(['2', '1'])],
  [{ messageId: '1' }, (db) => db.getMessageContext({ messageId: '2' })],
  [{ messageId: '1' }, (db) => db.updateMessage({ messageId: '1', content: 'c' })],
  [{ messageId: '1' }, (db) => db.getSegmentMessages('s')],
  [{ segmentId: 's' }, (db) => db.getConversationSegment('s')],
  [{ segmentId: 's' }, (db) => db.getConversationSegments({ channelId: 'general' })],
  [{ userId: 'ada' }, (db) => db.users.getUser('ada')],
  [{ userId: 'ada' }, (db) => db.users.searchByDisplayName('ada')],
  [{ userId: 'ada' }, (db) => db.users.getProfile('ada')],
  [{ userId: 'ada' }, (db) => db.users.updateProfile({ userId: 'ada', profile: { b: 2 } })],
]

it.each(['{"a":', '{"a":1}}', 'nonsense', '', '[1]', '5', 'null'])(
  'JSON that is damaged, %j, is CORRUPT and names the row, and what else is asked is answered',
  async (damaged) => {
    const db = await temporaryDatabase({ readers: 1 }, await fileWith(damaged))
    for (const [row, read] of reads) {
      const whole = db.getMessagesByIds(['2'])
      await expectError(read(db), 'CORRUPT', row)
      expect(await whole).toMatchObject([{ messageId: '2' }])
    }
    await db.close()
  },
)
