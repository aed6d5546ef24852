import { describe, expect, it } from 'vitest'
import { brief, changesBehind, presentEnd, takeChanges } from '../support/changes.js'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'
import { skipUnlessOneServer } from './sqlite-sql.js'

/** What calls change of the channel, user and segment `id`, step by step, and what each step tells. */
const everyStep = (
  db: ReturnType<GetDatabase>,
  id: string,
): readonly (readonly [step: () => Promise<unknown>, told: readonly string[]])[] => {
  const [one, two] = [`${id}-1`, `${id}-2`]
  const rows = [one, two].map((each) => message(each, { channelId: id, userId: id, content: 'milk' }))
  const segment = { segmentId: id, channelId: id, startTime: 0, endTime: 1 }
  return [
    [
      () => db.storeMessage(message(one, { channelId: id, userId: id, content: 'tea' })),
      [`messageStored ${one}`],
    ],
    [() => db.updateMessage({ messageId: one, content: 'coffee' }), [`messageUpdated ${one}`]],
    [() => db.addMessages(rows), [`messageUpdated ${one}`, `messageStored ${two}`]],
    [() => db.upsertChannel({ channelId: id, name: 'Tea' }), [`channelUpdated ${id}`]],
    [() => db.createSegmentWithMessages({ ...segment, messages: [one, two] }), [`segmentStored ${id}`]],
    [() => db.addMessageToSegment({ segmentId: id, messageId: two, position: 9 }), [`segmentUpdated ${id}`]],
    [() => db.deleteMessages([two]), [`segmentUpdated ${id}`, `messageDeleted ${two}`]],
    [() => db.updateConversationSegment({ segmentId: id, summary: 'tea' }), [`segmentUpdated ${id}`]],
    [() => db.deleteConversationSegment(id), [`segmentDeleted ${id}`]],
    [() => db.users.upsertUser({ userId: id, displayName: 'Ada' }), [`userUpdated ${id}`]],
    [() => db.users.recordActivity({ userId: id }), [`userUpdated ${id}`]],
    [() => db.users.updateProfile({ userId: id, profile: { likes: 'tea' } }), [`profileUpdated ${id}`]],
    [() => db.users.deleteUser(id), [`userDeleted ${id}`]],
    [() => db.deleteChannel(id), [`channelDeleted ${id}`]],
    [() => db.upsertChannel({ channelId: id }), [`channelUpdated ${id}`]],
  ]
}

/** What is followed as it comes. */
export function describeSubscriptions(db: GetDatabase): void {
  describe('subscribe', () => {
    it('tells every change that calls make, as it comes', async () => {
      await using live = db().subscribe()
      for (const [step, told] of everyStep(db(), 'zsv')) {
        await step()
        expect((await takeChanges(live, told.length)).map(brief)).toEqual(told)
      }
    })

    it('tells from a cursor on what was told as it came, but for what is gone by then', async () => {
      const start = await presentEnd(db())
      await using live = db().subscribe()
      for (const [step, told] of everyStep(db(), 'zsw')) {
        await step()
        await takeChanges(live, told.length)
      }
      const later = await changesBehind(db(), start)
      expect(later.map(brief)).toEqual([
        'messageDeleted zsw-2',
        'segmentDeleted zsw',
        'userUpdated zsw',
        'userUpdated zsw',
        'profileUpdated zsw',
        'userDeleted zsw',
        'channelDeleted zsw',
        'channelUpdated zsw',
      ])
      await using replay = db().subscribe({ after: start })
      expect(await takeChanges(replay, later.length)).toEqual(later)
    })

    it('begins when it is called, whether or not anybody asks for the first change by then', async () => {
      await db().storeMessage(message('zsb-0', { channelId: 'zsb' }))
      await using live = db().subscribe({ channelId: 'zsb' })
      await db().addMessages(['zsb-1', 'zsb-2'].map((id) => message(id, { channelId: 'zsb' })))
      expect((await takeChanges(live, 2)).map(brief)).toEqual(['messageStored zsb-1', 'messageStored zsb-2'])
    })

    it('wakes with each commit, of a call and of a lease: nobody waits for a look at the file now and then', async () => {
      await using live = db().subscribe({ channelId: 'zsk' })
      const startMs = performance.now()
      for (let n = 0; n < 20; n += 1) {
        await db().storeMessage(message(`zsk-${n}`, { channelId: 'zsk' }))
        await takeChanges(live, 1)
        await db().transaction((transaction) => transaction.upsertChannel({ channelId: 'zsk', name: `${n}` }))
        await takeChanges(live, 1)
      }
      // By looks a second apart it would take 20 s, for the calls or for the leases alone.
      expect(performance.now() - startMs).toBeLessThan(15_000)
    })

    it('tells a channel’s subscriber of that channel alone', async () => {
      await using ours = db().subscribe({ channelId: 'zsc' })
      await using all = db().subscribe()
      await db().storeMessage(message('zsc-other', { channelId: 'zsc-other' }))
      await db().users.upsertUser({ userId: 'zsc' })
      await db().upsertChannel({ channelId: 'zsc', name: 'ours' })
      expect((await takeChanges(all, 3)).map(brief)).toEqual([
        'messageStored zsc-other',
        'userUpdated zsc',
        'channelUpdated zsc',
      ])
      expect((await takeChanges(ours, 1)).map(brief)).toEqual(['channelUpdated zsc'])
    })

    it('has a cursor of its own to go on from, which moves on while nothing of the channel happens', async () => {
      const live = db().subscribe({ channelId: 'zso' })
      const first = live.cursor ?? ''
      await using all = db().subscribe()
      await db().storeMessage(message('zso-other', { channelId: 'zso-other' }))
      await takeChanges(all, 1)
      await expect.poll(() => live.cursor ?? first, { timeout: 60_000 }).not.toBe(first)
      const second = live.cursor ?? ''
      await live.return?.()
      await db().storeMessage(message('zso-1', { channelId: 'zso' }))
      await using again = db().subscribe({ channelId: 'zso', after: second })
      expect((await takeChanges(again, 1)).map(brief)).toEqual(['messageStored zso-1'])
    })

    it('ends by its signal at once, by leaving the loop, and only once', async () => {
      const controller = new AbortController()
      const aborted = db().subscribe({ signal: controller.signal })
      const waiting = aborted.next()
      controller.abort()
      await expectError(waiting, 'ABORTED')
      expect(await aborted.next()).toEqual({ done: true, value: undefined })
      await expectError(db().subscribe({ signal: AbortSignal.abort() }).next(), 'ABORTED')

      const left = db().subscribe()
      await db().storeMessage(message('zse-1'))
      for await (const change of left) {
        expect(brief(change)).toBe('messageStored zse-1')
        break
      }
      expect(await left.next()).toEqual({ done: true, value: undefined })
    })

    it('are counted while they last', async (context) => {
      skipUnlessOneServer(db, context)
      const { subscribers } = await db().stats()
      const left = db().subscribe()
      await db().storeMessage(message('zsc-1'))
      await left.next()
      expect((await db().stats()).subscribers).toBe(subscribers + 1)
      await left.return()
      expect(await left.next()).toEqual({ done: true, value: undefined })
      expect((await db().stats()).subscribers).toBe(subscribers)
    })

    it('refuses what it can not follow, from the first step on', async () => {
      const wrong = (options: unknown) =>
        db()
          .subscribe(JSON.parse(JSON.stringify(options)))
          .next()
      await expectError(wrong({ after: 'nonsense' }), 'INVALID_ARGUMENT', { field: 'after' })
      await expectError(wrong({ channelId: '' }), 'INVALID_ARGUMENT', { field: 'channelId' })
      await expectError(wrong({ chanelId: 'c' }), 'INVALID_ARGUMENT', { field: 'chanelId' })
      await expectError(wrong({ maxQueuedEvents: 0 }), 'INVALID_ARGUMENT', { field: 'maxQueuedEvents' })
      for (const channelId of [5, null, ['c'], {}])
        await expectError(wrong({ channelId }), 'INVALID_ARGUMENT', { field: 'channelId' })
      await expectError(wrong({ maxQueuedBytes: '5' }), 'INVALID_ARGUMENT', { field: 'maxQueuedBytes' })
      await expectError(wrong({ signal: 'x' }), 'INVALID_ARGUMENT', { field: 'signal' })
      for (const options of [null, 5, 'x'])
        await expectError(wrong(options), 'INVALID_ARGUMENT', { field: 'options' })
      await expectError(db().subscribe({ after: 'czzzzzzzz.0' }).next(), 'CURSOR_TOO_OLD')
    })

    it('tells one who is too slow, with the cursor to go on from', async () => {
      const slow = db().subscribe({ channelId: 'zsl', maxQueuedEvents: 5 })
      await using quick = db().subscribe({ channelId: 'zsl' })
      const ids = Array.from({ length: 20 }, (_, n) => `zsl-${n}`)
      for (const id of ids) {
        await db().storeMessage(message(id, { channelId: 'zsl' }))
        await takeChanges(quick, 1)
      }
      const error = await slow.next().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        code: 'OVERLOADED',
        details: { cursor: expect.any(String), queuedEvents: 5 },
      })
      expect(await slow.next()).toEqual({ done: true, value: undefined })
      const { cursor } = Object(Reflect.get(Object(error), 'details'))
      await using again = db().subscribe({ channelId: 'zsl', after: String(cursor), maxQueuedEvents: 5 })
      expect((await takeChanges(again, 20)).map(brief)).toEqual(ids.map((id) => `messageStored ${id}`))
    })
  })
}
