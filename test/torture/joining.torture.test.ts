import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { ChangeEvent, ChangePage, ListChangesParams } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeChangeCursor } from '../../src/protocol/change-cursor.js'
import { CommitSignal } from '../../src/protocol/commit-signal.js'
import { ChangeHub } from '../../src/main/subscriptions/change-hub.js'
import { placeOf } from '../../src/main/subscriptions/change-tail.js'
import { Subscription } from '../../src/main/subscriptions/subscription.js'
import { takeChanges } from '../support/changes.js'

/** A stream that grows when a test says so, and is read with whatever delays. */
class Stream {
  readonly signal = new CommitSignal()
  readonly #delays: (limit: number) => number
  #length = 0

  constructor(delays: (limit: number) => number) {
    this.#delays = delays
  }

  commit(count: number): void {
    this.#length += count
    this.signal.tell({ messageKey: 0, changeId: this.#length })
  }

  /** What it held in the middle of the reading. */
  readonly list = async ({ after = '', limit = 100 }: ListChangesParams): Promise<ChangePage> => {
    await pauseFor(this.#delays(limit))
    const from = placeOf(after).changeId
    const to = Math.min(this.#length, from + limit)
    const hasMore = to < this.#length
    await pauseFor(this.#delays(limit))
    const items = Array.from({ length: to - from }, (_, n) => changeOf(from + n + 1))
    return { items, nextCursor: cursorOf(to), hasMore }
  }
}

/** Nothing is less than a turn of a timer. */
const pauseFor = (milliseconds: number): Promise<unknown> =>
  milliseconds === 0 ? nextTurn() : sleep(milliseconds)

const cursorOf = (changeId: number): string => encodeChangeCursor({ messageKey: 0, changeId })
const changeOf = (changeId: number): ChangeEvent => ({
  kind: 'channelUpdated',
  cursor: cursorOf(changeId),
  channelId: 'c',
})
const idsOf = (changes: readonly ChangeEvent[]): number[] =>
  changes.map(({ cursor }) => placeOf(cursor).changeId)
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n + 1)

it('one who comes from behind is told all once, wherever the others are by then and however reading is delayed', async () => {
  const delay = fc.constantFrom(0, 2, 5, 12)
  const run = fc.record({
    before: fc.integer({ min: 0, max: 700 }),
    start: fc.integer({ min: 0, max: 700 }),
    delays: fc.array(delay, { minLength: 3, maxLength: 20 }),
    commits: fc.array(
      fc.record({ count: fc.integer({ min: 1, max: 30 }), pauseMs: fc.integer({ min: 0, max: 8 }) }),
      {
        minLength: 15,
        maxLength: 30,
      },
    ),
    hasOthers: fc.constantFrom(true, true, true, false),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ before, start, delays, commits, hasOthers }) => {
      let reading = 0
      // Pages of the tail are the longer ones: it is often farther than one who reads by itself.
      const stream = new Stream((limit) => (limit > 500 ? 0 : (delays[(reading += 1) % delays.length] ?? 0)))
      stream.commit(before + 1)
      const hub = new ChangeHub({ list: stream.list, commits: stream.signal.buffer })
      const first = Math.min(start, before)
      const end = before + 1 + commits.reduce((sum, { count }) => sum + count, 0)
      const others = hasOthers ? new Subscription(hub, {}) : undefined
      const late = new Subscription(hub, { after: cursorOf(first) })
      const telling = Promise.all([
        takeChanges(late, end - first),
        others && takeChanges(others, end - before - 1),
      ])
      for (const { count, pauseMs } of commits) {
        stream.commit(count)
        await sleep(pauseMs)
      }
      const [told, toldToOthers] = await telling
      expect(idsOf(told)).toEqual(range(first, end))
      if (toldToOthers !== undefined) expect(idsOf(toldToOthers)).toEqual(range(before + 1, end))
      hub.close()
    }),
    { numRuns: 50 },
  )
})
