import { ConvoDbError } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const rounds = 150
const theirs = (fields: object = {}) =>
  message('moved', { channelId: 'foreign', content: 'theirs', ...fields })

/** How often each way in which a call ended was met. */
const ends = new Map<string, number>()
const note = (name: string, call: Promise<unknown>): Promise<void> =>
  call.then(
    (value) => void count(`${name}: ${JSON.stringify(value) === '0' ? 'nothing' : 'done'}`),
    (error: unknown) => count(`${name}: ${error instanceof ConvoDbError ? error.code : String(error)}`),
  )
const count = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1)

it('a message that moves in and out is changed only while it is in the channel of the key', async () => {
  const db = server.connect({ apiKey: await server.newKey({ scope: 'write', channels: ['own'] }) })
  // A key that was made just now is known with the first request that shows it.
  await db.getChannel('own')
  const over = new AbortController()
  const act = async (name: string, call: () => Promise<unknown>): Promise<void> => {
    while (!over.signal.aborted) await note(name, call())
  }
  const messageId = 'moved'
  const acting = [
    act('update', () => db.updateMessage({ messageId, content: 'mine' })),
    act('delete', () => db.deleteMessages([messageId])),
    act('store', () => db.storeMessage(message(messageId, { channelId: 'own', content: 'mine' }))),
    act('embed', () =>
      db.storeEmbeddings([{ ownerType: 'message', ownerId: messageId, model: 'mini', vector: [1] }]),
    ),
  ]
  try {
    for (let round = 0; round < rounds; round += 1) {
      // Embeddings of its time in the channel go with the message; what is there afterwards was stored into it since.
      await server.db.batch([
        { name: 'deleteMessages', params: { messageIds: [messageId] } },
        { name: 'storeMessage', params: theirs() },
      ])
      for (let turn = 0; turn < round % 7; turn += 1) await server.db.getChannel('foreign')
      const [found, embedded] = await server.db.batch([
        { name: 'getMessagesByIds', params: { messageIds: [messageId] } },
        { name: 'getEmbeddings', params: { ownerType: 'message', ownerIds: [messageId] } },
        { name: 'storeMessage', params: theirs({ channelId: 'own' }) },
      ])
      expect(found).toMatchObject([{ channelId: 'foreign', content: 'theirs' }])
      expect(embedded).toEqual([])
      for (let turn = 0; turn < round % 7; turn += 1) await server.db.getChannel('foreign')
    }
  } finally {
    over.abort()
    await Promise.all(acting)
    await db.close()
  }
  // Both sides of the race were met.
  expect([...ends.keys()].toSorted()).toEqual(
    expect.arrayContaining([
      'delete: done',
      'delete: nothing',
      'store: FORBIDDEN',
      'store: done',
      'update: NOT_FOUND',
      'update: done',
    ]),
  )
})
