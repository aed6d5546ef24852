import { expect, it } from 'vitest'
import { takeChanges } from '../support/changes.js'
import { message, temporaryDatabase } from '../support/databases.js'

it('what a subscriber does to an event is kept from the others: events are frozen, down to the metadata', async () => {
  const db = await temporaryDatabase({ readers: 1 })
  await using first = db.subscribe()
  await using second = db.subscribe({ channelId: 'general' })
  await using third = db.subscribe({ after: first.cursor })
  await db.storeMessage(message('1', { metadata: { tags: ['a'] } }))
  const [event] = await takeChanges(first, 1)
  const { message: stored }: { readonly message?: object } = Object(event)
  const { metadata }: { readonly metadata?: { readonly tags?: string[] } } = Object(stored)
  expect(() => Object.assign(Object(event), { kind: 'messageDeleted' })).toThrow(TypeError)
  expect(() => Object.assign(Object(stored), { content: 'other' })).toThrow(TypeError)
  expect(() => metadata?.tags?.push('b')).toThrow(TypeError)
  for (const other of [second, third]) {
    expect(await takeChanges(other, 1)).toMatchObject([
      { kind: 'messageStored', message: { content: 'hello', metadata: { tags: ['a'] } } },
    ])
  }
})
