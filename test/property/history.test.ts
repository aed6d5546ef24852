import type { DatabaseManager } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'

const id = fc.integer({ min: 0, max: 3 })
const user = fc.integer({ min: 0, max: 2 })
const textNumber = fc.integer({ min: 0, max: 2 })
const reaction = fc.record({ id, user, text: textNumber })
const step = fc.oneof(
  fc.record({ kind: fc.constant('store' as const), id, text: textNumber }),
  fc.record({ kind: fc.constant('update' as const), id, text: textNumber }),
  fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({ kind: fc.constant('deleteHistory' as const), id }),
  fc.record({ kind: fc.constant('forget' as const), user }),
  fc.record({ kind: fc.constant('react' as const), reaction }),
  fc.record({ kind: fc.constant('react' as const), reaction }),
  fc.record({ kind: fc.constant('takeBack' as const), reaction }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What is known of a message, by the rules and not by their means. */
interface Known {
  text: string
  former: string[]
  reactions: { readonly userId: string; readonly reaction: string; isRemoved: boolean }[]
}

class Model {
  readonly messages = new Map<string, Known>()

  take(given: Step, prefix: string): void {
    switch (given.kind) {
      case 'store':
      case 'update': {
        const text = `${given.text}`
        const known = this.messages.get(`${prefix}${given.id}`)
        if (known !== undefined && known.text !== text) {
          known.former.unshift(known.text)
          known.text = text
        } else if (known === undefined && given.kind === 'store')
          this.messages.set(`${prefix}${given.id}`, { text, former: [], reactions: [] })
        return
      }
      case 'delete':
        this.messages.delete(`${prefix}${given.id}`)
        return
      case 'deleteHistory': {
        const known = this.messages.get(`${prefix}${given.id}`)
        if (known === undefined) return
        known.former = []
        known.reactions = known.reactions.filter(({ isRemoved }) => !isRemoved)
        return
      }
      case 'forget':
        for (const known of this.messages.values())
          known.reactions = known.reactions.filter(({ userId }) => userId !== `${prefix}u${given.user}`)
        return
      case 'react':
      case 'takeBack': {
        const { id: number, user: by, text } = given.reaction
        const which = { userId: `${prefix}u${by}`, reaction: `${text}` }
        const known = this.messages.get(`${prefix}${number}`)
        const standing = known?.reactions.find(
          (one) => one.userId === which.userId && one.reaction === which.reaction && !one.isRemoved,
        )
        if (given.kind === 'takeBack' && standing !== undefined) standing.isRemoved = true
        if (given.kind === 'react' && standing === undefined)
          known?.reactions.push({ ...which, isRemoved: false })
      }
    }
  }
}

async function carryOut(db: DatabaseManager, given: Step, prefix: string): Promise<void> {
  const orMissing = async (call: Promise<unknown>): Promise<void> => {
    await call.catch((error: unknown) => expect(error).toMatchObject({ code: 'NOT_FOUND' }))
  }
  switch (given.kind) {
    case 'store':
      return void (await db.storeMessage(
        message(`${prefix}${given.id}`, { userId: `${prefix}writer`, content: `${given.text}` }),
      ))
    case 'update':
      return orMissing(db.updateMessage({ messageId: `${prefix}${given.id}`, content: `${given.text}` }))
    case 'delete':
      return void (await db.deleteMessages([`${prefix}${given.id}`]))
    case 'deleteHistory':
      return void (await db.deleteMessageHistory(`${prefix}${given.id}`))
    case 'forget':
      return void (await db.forgetUser({ userId: `${prefix}u${given.user}`, mayReturn: true }))
    case 'react':
    case 'takeBack': {
      const { id: number, user: by, text } = given.reaction
      const which = { messageId: `${prefix}${number}`, userId: `${prefix}u${by}`, reaction: `${text}` }
      return orMissing(given.kind === 'react' ? db.addReaction(which) : db.deleteReaction(which))
    }
  }
}

it('reactions and former texts are what was done, in any order, and messages show them', async () => {
  const db = await temporaryDatabase({ readers: 1, keepHistory: true })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      run += 1
      const prefix = `${run}-`
      const model = new Model()
      for (const given of steps) {
        model.take(given, prefix)
        await carryOut(db, given, prefix)
      }
      for (const [messageId, known] of model.messages) {
        const { items: former } = await db.getMessageHistory({ messageId })
        expect(former.map(({ content }) => content)).toEqual(known.former)
        const { items } = await db.getReactions({ messageId, withRemoved: true })
        expect(
          items.map(({ userId, reaction: what, removedAt }) => ({
            userId,
            reaction: what,
            isRemoved: removedAt !== null,
          })),
        ).toEqual(known.reactions)
        const shown = await db.getMessage({ messageId, with: ['reactions'] })
        const standing = known.reactions.filter(({ isRemoved }) => !isRemoved)
        const kinds = [...new Set(standing.map(({ reaction: what }) => what))]
        expect(shown?.reactions).toEqual(
          kinds.map((what) => ({
            reaction: what,
            count: standing.filter((one) => one.reaction === what).length,
          })),
        )
      }
    }),
    { numRuns: 40 },
  )
  const { problems } = await db.verify()
  expect(problems).toEqual([])
})
