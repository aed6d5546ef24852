import fc, { type Arbitrary } from 'fast-check'
import {
  ConvoDbError,
  type DatabaseManager,
  type NewMessage,
  type OwnStrategy,
  type SegmentStrategy,
} from 'convodb'
import { expect, it } from 'vitest'
import { conversationsStrategy } from '../../src/main/segmenting/conversations/conversations.js'
import { gapStrategy } from '../../src/main/segmenting/gap.js'
import { ownStrategy } from '../../src/main/segmenting/own-strategy.js'
import { repliesStrategy } from '../../src/main/segmenting/replies.js'
import type { Strategy } from '../../src/main/segmenting/strategy.js'
import { temporaryDatabase } from '../support/databases.js'
import { runSteps } from '../support/segmenting-steps.js'
import { segmentsOf } from '../support/segments.js'

/** One with a window so small that it passes over what was decided some messages ago. */
const bySpeaker: OwnStrategy = {
  name: 'by-speaker',
  window: 3,
  decide: ({ message, open }) =>
    message.content.includes('nothing')
      ? 'none'
      : (open.find(({ messages }) => messages.some(({ userId }) => userId === message.userId)) ?? 'new'),
}

/** As callers give them, and what becomes of that. */
const strategies: readonly (readonly [SegmentStrategy, Strategy])[] = [
  [{ name: 'gap', minutes: 1 }, gapStrategy(1)],
  ['replies', repliesStrategy],
  ['conversations', conversationsStrategy],
  [bySpeaker, ownStrategy(bySpeaker)],
]

const said = fc.record({
  minutes: fc.integer({ min: 0, max: 3 }),
  user: fc.integer({ min: 0, max: 4 }),
  /** How many messages ago the one was said that it answers; 0 is itself, more than there are is none. */
  answers: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  words: fc.array(fc.constantFrom('tea', 'milk', 'disk', 'kernel', 'user1:', 'user3', '茶', 'nothing', '?'), {
    maxLength: 5,
  }),
  type: fc.constantFrom('message', 'message', 'message', 'join'),
})
const chat = fc.array(said, { minLength: 1, maxLength: 60, size: 'max' })

type Line = typeof said extends Arbitrary<infer Value> ? Value : never

function toMessages(lines: readonly Line[], channelId: string): NewMessage[] {
  let timestamp = 0
  return lines.map(({ minutes, user, answers, words, type }, index) => {
    timestamp += minutes * 40_000
    return {
      messageId: `${channelId}-${index}`,
      channelId,
      userId: `user${user}`,
      content: words.join(' '),
      timestamp,
      messageType: type,
      replyToMessageId: answers === undefined ? null : `${channelId}-${index - answers}`,
    }
  })
}

let chats = 0
const newChannel = (): string => `chat-${(chats += 1)}`

const everything = { limit: 10_000, steps: 1_000 }

/** Ids without the channel's, so that two channels can be compared. */
const indexesOf = (channelId: string, segments: readonly (readonly string[])[]): string[][] =>
  segments.map((members) => members.map((messageId) => messageId.slice(channelId.length + 1)))

/** Each message is in one segment; `isMoved` says that some have other times than when they joined it. */
async function expectWhole(
  db: DatabaseManager,
  channelId: string,
  strategy: Strategy,
  isMoved = false,
): Promise<void> {
  const { items } = await db.getConversationSegments({ channelId, limit: 10_000 })
  const ours = items.filter(({ segmentId }) => segmentId.startsWith(`${strategy.name}:`))
  const seen = new Set<string>()
  for (const { segmentId, startTime, endTime, messageCount } of ours) {
    const members = await db.getSegmentMessages(segmentId)
    expect(members).toHaveLength(messageCount)
    for (const { messageId, timestamp } of members) {
      expect(seen.has(messageId), `${messageId} is in two segments`).toBe(false)
      seen.add(messageId)
      if (isMoved) continue
      expect(timestamp.getTime()).toBeGreaterThanOrEqual(startTime.getTime())
      expect(timestamp.getTime()).toBeLessThanOrEqual(endTime.getTime())
    }
  }
  if (strategy.name !== 'gap-1' && strategy.name !== 'replies') return
  const { items: messages } = await db.getMessages({ channelId, limit: 10_000 })
  expect(seen.size).toBe(messages.length)
}

it('comes to the same in small steps, left off anywhere, with messages that come meanwhile, as in one run', async () => {
  const db = await temporaryDatabase()
  const runs = fc.array(
    fc.record({
      limit: fc.integer({ min: 1, max: 9 }),
      steps: fc.integer({ min: 0, max: 5 }),
      stored: fc.integer({ min: 0, max: 30 }),
    }),
    { maxLength: 8, size: 'max' },
  )
  await fc.assert(
    fc.asyncProperty(chat, runs, fc.constantFrom(...strategies), async (lines, parts, [, strategy]) => {
      const [inSteps, atOnce] = [newChannel(), newChannel()]
      await db.addMessages(toMessages(lines, atOnce))
      await runSteps(db, atOnce, strategy, everything)
      const rows = toMessages(lines, inSteps)
      for (const { limit, steps, stored } of parts) {
        await db.addMessages(rows.splice(0, stored))
        await runSteps(db, inSteps, strategy, { limit, steps })
      }
      await db.addMessages(rows)
      expect(await runSteps(db, inSteps, strategy, everything)).toBe(true)
      const expected = indexesOf(atOnce, await segmentsOf(db, atOnce))
      expect(indexesOf(inSteps, await segmentsOf(db, inSteps))).toEqual(expected)
      await expectWhole(db, inSteps, strategy)
      expect(await runSteps(db, inSteps, strategy, everything)).toBe(true)
      expect(indexesOf(inSteps, await segmentsOf(db, inSteps))).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

const ignoreConflict = (error: unknown): void => {
  if (!(error instanceof ConvoDbError && error.code === 'CONFLICT')) throw error
}

it('puts every message into one segment, whatever is stored late, deleted, moved and run at once', async () => {
  const db = await temporaryDatabase()
  const act = fc.oneof(
    fc.record({
      kind: fc.constant('run' as const),
      limit: fc.integer({ min: 1, max: 9 }),
      steps: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({
      kind: fc.constant('store' as const),
      at: fc.integer({ min: 0, max: 59 }),
      count: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ kind: fc.constant('delete' as const), at: fc.integer({ min: 0, max: 59 }) }),
    fc.record({
      kind: fc.constant('move' as const),
      at: fc.integer({ min: 0, max: 59 }),
      minutes: fc.integer({ min: -5, max: 90 }),
    }),
    fc.record({ kind: fc.constant('drop segment' as const), at: fc.integer({ min: 0, max: 9 }) }),
  )
  await fc.assert(
    fc.asyncProperty(
      chat,
      fc.array(act, { maxLength: 25, size: 'max' }),
      fc.constantFrom(...strategies),
      async (lines, acts, [given, strategy]) => {
        const channelId = newChannel()
        const rows = toMessages(lines, channelId)
        let isDropped = false
        const doOne = async (one: (typeof acts)[number]): Promise<unknown> => {
          switch (one.kind) {
            case 'run':
              return runSteps(db, channelId, strategy, one).catch(ignoreConflict)
            case 'store':
              return db.addMessages(rows.slice(one.at, one.at + one.count))
            case 'delete':
              return db.deleteMessages([`${channelId}-${one.at}`])
            case 'move': {
              const messageId = `${channelId}-${one.at}`
              return db.updateMessage({ messageId, timestamp: one.minutes * 60_000 }).catch(() => undefined)
            }
            case 'drop segment': {
              const { items } = await db.getConversationSegments({ channelId, limit: 10 })
              const segmentId = items[one.at]?.segmentId
              if (segmentId === undefined) return undefined
              isDropped = true
              return db.deleteConversationSegment(segmentId)
            }
          }
        }
        // Three at a time, so that runs meet each other and what is changed.
        for (let first = 0; first < acts.length; first += 3) {
          await Promise.all(acts.slice(first, first + 3).map(doOne))
        }
        const ends = await Promise.all([
          db.segmentChannel({ channelId, strategy: given }),
          db.segmentChannel({ channelId, strategy: given }),
        ])
        expect(ends).toHaveLength(2)
        const isMoved = acts.some(({ kind }) => kind === 'move')
        if (!isDropped) await expectWhole(db, channelId, strategy, isMoved)
        // Nothing is left to be found.
        expect(await runSteps(db, channelId, strategy, everything)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
})
