import { openDatabase, type JsonObject, type ListedMessage, type NewMessage } from 'convodb'
import { expect, expectTypeOf, it } from 'vitest'
import { message } from '../support/databases.js'

interface Meta {
  readonly tokens: number
  readonly model?: string
}
interface Profile {
  readonly likes: { readonly tea: boolean; readonly cake?: boolean }
  readonly mood?: string
}

it('metadata and profiles have the types that the program gives them, interfaces too', async () => {
  await using db = await openDatabase<Meta, Profile>(':memory:', { readers: 1 })
  const metadata: Meta = { tokens: 5, model: 'small' }
  await db.storeMessage({ ...message('m1'), metadata })
  const { items } = await db.getMessages({ channelId: 'general' })
  expectTypeOf(items).toEqualTypeOf<ListedMessage<Meta>[]>()
  expect(items[0]?.metadata?.tokens).toBe(5)

  // A patch holds any part of a profile, and null for what goes.
  await db.updateProfile({ userId: 'ada', profile: { likes: { tea: true, cake: true }, mood: 'good' } })
  const { profile } = await db.users.updateProfile({
    userId: 'ada',
    profile: { likes: { cake: null }, mood: null },
  })
  expectTypeOf(profile).toEqualTypeOf<Profile>()
  expect(profile).toEqual({ likes: { tea: true } })

  const [stored, page] = await db.batch([
    { name: 'storeMessage', params: { ...message('m2'), metadata: { tokens: 7 } } },
    { name: 'getMessages', params: { channelId: 'general' } },
  ])
  expect(stored.outcome).toBe('inserted')
  expectTypeOf(page.items[0]?.metadata).toEqualTypeOf<Meta | null | undefined>()
  const tokens = await db.transaction(async (transaction) => {
    const found = await transaction.getMessagesByIds(['m1', 'm2'])
    return found.map((one) => one.metadata?.tokens)
  })
  expect(tokens).toEqual([5, 7])
})

it('they are any JSON object where the program says nothing', async () => {
  await using db = await openDatabase(':memory:', { readers: 1 })
  expectTypeOf(db.storeMessage).parameter(0).toExtend<NewMessage>()
  await db.storeMessage(message('m1', { metadata: { any: ['thing'] } }))
  const [found] = await db.getMessagesByIds(['m1'])
  expectTypeOf(found?.metadata).toEqualTypeOf<JsonObject | null | undefined>()
  expect(found?.metadata).toEqual({ any: ['thing'] })
  // @ts-expect-error a wrong field is named by the compiler, too
  await expect(db.storeMessage({ ...message('m2'), surprise: 1 })).rejects.toThrow('surprise')
})
