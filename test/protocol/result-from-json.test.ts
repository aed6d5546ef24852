import {
  resultFromJson,
  toJsonForm,
  type DatabaseManager,
  type OperationName,
  type Params,
  type Result,
} from 'convodb'
import { expect, it } from 'vitest'
import { makeFixture } from '../support/fixtures.js'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { join } from 'node:path'

async function throughJson<N extends OperationName>(
  db: DatabaseManager,
  name: N,
  params: Params<N>,
): Promise<Result<N>> {
  const result = await db.execute(name, params)
  const back = resultFromJson(name, JSON.parse(JSON.stringify(toJsonForm(result))))
  expect(back, name).toStrictEqual(result)
  return back
}

it('results are the same out of their JSON form, times, vectors and what is not there', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  makeFixture(1, path)
  const db = await temporaryDatabase({}, path)
  const { items } = await throughJson(db, 'listChannels', {})
  expect(items).toHaveLength(3)
  await throughJson(db, 'getChannel', { channelId: 'empty 🫖' })
  expect(await throughJson(db, 'getChannel', { channelId: 'none' })).toBeUndefined()
  await throughJson(db, 'getMessages', { channelId: 'general', limit: 2 })
  await throughJson(db, 'getMessagesByIds', { messageIds: ['m3', 'm6'] })
  await throughJson(db, 'getMessageContext', { messageId: 'm2' })
  const segment = await throughJson(db, 'getConversationSegment', { segmentId: 's1' })
  expect(segment?.vector).toEqual(Float32Array.of(1.5, -2))
  await throughJson(db, 'getConversationSegments', { channelId: 'random' })
  await throughJson(db, 'getSegmentMessages', { segmentId: 's1' })
  await throughJson(db, 'getSegmentMessageIds', { segmentIds: ['s1', 's2'] })
  await throughJson(db, 'getEmbeddings', { ownerType: 'message', ownerIds: ['m1'] })
  await throughJson(db, 'getUsers', { userIds: ['ada', 'gone'] })
  await throughJson(db, 'getProfile', { userId: 'ada' })
  await throughJson(db, 'updateMessage', { messageId: 'm1', content: 'edited' })
  await throughJson(db, 'storeMessage', {
    messageId: 'm10',
    channelId: 'c',
    userId: 'u',
    content: '',
    timestamp: 0,
  })
  await throughJson(db, 'optimize', {})
  await throughJson(db, 'forgetUser', { userId: 'ada' })
  await throughJson(db, 'countRows', {})
})

it.each([
  ['a time', 'getChannel', { createdAt: 'yesterday' }],
  ['an object', 'getChannel', 5],
  ['a list', 'getUsers', {}],
  ['a vector', 'getEmbeddings', [{ createdAt: '2024-01-01T00:00:00.000Z', vector: '!' }]],
] as const)('what is not %s is refused', (expectation, name, json) => {
  expect(() => resultFromJson(name, json)).toThrow(`is not ${expectation} in JSON form`)
})
