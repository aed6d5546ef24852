import type { Message, OpenSegment, SegmentQuestion } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { segmentsOf } from '../support/segments.js'
import type { GetDatabase } from './contract.js'

const minute = 60_000

/** Wrong on purpose, so behind the compiler's back. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))

/** `segmentChannel`, over whatever carries it out. */
export function describeSegmentChannel(db: GetDatabase): void {
  const say = (channelId: string, n: number, timestamp: number, fields: object = {}) =>
    message(`${channelId}-${n}`, { channelId, timestamp, ...fields })

  describe('segmentChannel', () => {
    it('by gaps: a silence that is longer closes a segment, one that is as long does not', async () => {
      const times = [0, 5, 10, 15.001, 100].map((minutes) => minutes * minute)
      await db().addMessages(times.map((time, n) => say('sc-gap', n, time)))
      const segmenting = { channelId: 'sc-gap', strategy: { name: 'gap', minutes: 5 } } as const
      expect(await db().segmentChannel(segmenting)).toEqual({ messages: 5, members: 5, segments: 3 })
      expect(await segmentsOf(db(), 'sc-gap')).toEqual([
        ['sc-gap-0', 'sc-gap-1', 'sc-gap-2'],
        ['sc-gap-3'],
        ['sc-gap-4'],
      ])
      expect(await db().segmentChannel(segmenting)).toEqual({ messages: 0, members: 0, segments: 0 })
      await db().addMessages([say('sc-gap', 5, 101 * minute), say('sc-gap', 6, 200 * minute)])
      expect(await db().segmentChannel(segmenting)).toEqual({ messages: 2, members: 2, segments: 1 })
      expect((await segmentsOf(db(), 'sc-gap')).slice(2)).toEqual([['sc-gap-4', 'sc-gap-5'], ['sc-gap-6']])
    })

    it('by replies: long chains, and answers to what is not there', async () => {
      const answers = [undefined, undefined, 0, 2, 1, 3, 'nowhere', 6, 7]
      const rows = answers.map((answered, n) =>
        say('sc-re', n, n, { replyToMessageId: answered === undefined ? null : `sc-re-${answered}` }),
      )
      await db().addMessages(rows)
      await db().segmentChannel({ channelId: 'sc-re', strategy: { name: 'replies' } })
      expect(await segmentsOf(db(), 'sc-re')).toEqual([
        ['sc-re-0', 'sc-re-2', 'sc-re-3', 'sc-re-5'],
        ['sc-re-1', 'sc-re-4'],
        ['sc-re-6', 'sc-re-7', 'sc-re-8'],
      ])
    })

    it('by who talks to whom about what', async () => {
      const said: readonly (readonly [string, string])[] = [
        ['maria', 'How do I mount my usb disk in Ubuntu?'],
        ['olof', 'Which graphics driver should I install for an nvidia card?'],
        ['peter', 'maria: is the usb disk listed by lsblk?'],
        ['sven', 'olof: the nvidia driver 570, it is in the additional drivers'],
        ['maria', 'peter: yes, lsblk shows the disk as sdb1'],
        ['olof', 'sven: thanks, that driver installs'],
        ['peter', 'maria: then mount /dev/sdb1 /mnt'],
      ]
      const rows = said.map(([userId, content], n) => say('sc-co', n, n * 20_000, { userId, content }))
      await db().addMessages([...rows, say('sc-co', 7, 140_000, { messageType: 'join', content: 'joined' })])
      const report = await db().segmentChannel({ channelId: 'sc-co', strategy: 'conversations' })
      expect(report).toEqual({ messages: 8, members: 7, segments: 2 })
      expect(await segmentsOf(db(), 'sc-co')).toEqual([
        ['sc-co-0', 'sc-co-2', 'sc-co-4', 'sc-co-6'],
        ['sc-co-1', 'sc-co-3', 'sc-co-5'],
      ])
    })

    it('by a function of one’s own, which may take its time', async () => {
      await db().addMessages(
        [0, 1, 2, 3, 4].map((n) => say('sc-own', n, n, { userId: n === 4 ? 'bot' : `u${n % 2}` })),
      )
      const isBy =
        ({ userId }: Message) =>
        (segment: OpenSegment) =>
          segment.messages.some((member) => member.userId === userId)
      const bySpeaker = async ({ message: given, open }: SegmentQuestion) => {
        await Promise.resolve()
        return given.userId === 'bot' ? 'none' : (open.find(isBy(given)) ?? 'new')
      }
      expect(await db().segmentChannel({ channelId: 'sc-own', strategy: bySpeaker })).toEqual({
        messages: 5,
        members: 4,
        segments: 2,
      })
      expect(await segmentsOf(db(), 'sc-own', 'bySpeaker:')).toEqual([
        ['sc-own-0', 'sc-own-2'],
        ['sc-own-1', 'sc-own-3'],
      ])
      const strategy = { name: 'all', decide: ({ open }: SegmentQuestion) => open[0] ?? ('new' as const) }
      await db().segmentChannel({ channelId: 'sc-own', strategy })
      expect(await segmentsOf(db(), 'sc-own', 'all:')).toEqual([[0, 1, 2, 3, 4].map((n) => `sc-own-${n}`)])
    })

    it('passes on what a function throws, and refuses an answer that is none', async () => {
      await db().addMessages([say('sc-bad', 0, 0)])
      const failing = (): never => {
        throw new RangeError('mine')
      }
      await expect(db().segmentChannel({ channelId: 'sc-bad', strategy: failing })).rejects.toThrow('mine')
      const strange = () => ({ segmentId: 'elsewhere', messages: [] })
      await expectError(db().segmentChannel({ channelId: 'sc-bad', strategy: strange }), 'INVALID_ARGUMENT', {
        field: 'strategy',
      })
      expect(await segmentsOf(db(), 'sc-bad')).toEqual([])
    })

    it('puts a message that comes late behind the one that it follows', async () => {
      const strategy = { name: 'gap', minutes: 1 } as const
      const segmenting = { channelId: 'sc-late', strategy }
      await db().addMessages([say('sc-late', 0, 0), say('sc-late', 1, 40_000), say('sc-late', 2, 900_000)])
      await db().segmentChannel(segmenting)
      await db().addMessages([
        say('sc-late', 3, 20_000),
        say('sc-late', 4, 500_000),
        say('sc-late', 5, -9_000_000),
      ])
      await db().segmentChannel(segmenting)
      expect(await segmentsOf(db(), 'sc-late')).toEqual([
        ['sc-late-5'],
        ['sc-late-0', 'sc-late-3', 'sc-late-1'],
        ['sc-late-4'],
        ['sc-late-2'],
      ])
    })

    it('finds a message that was moved behind its place', async () => {
      const segmenting = { channelId: 'sc-moved', strategy: { name: 'gap', minutes: 1 } } as const
      await db().addMessages([say('sc-moved', 0, 0), say('sc-moved', 1, 40_000)])
      await db().storeMessage(message('sc-moved-2', { channelId: 'sc-moved-from', timestamp: 5_000 }))
      await db().segmentChannel(segmenting)
      await db().storeMessage(message('sc-moved-2', { channelId: 'sc-moved', timestamp: 5_000 }))
      expect(await db().segmentChannel(segmenting)).toMatchObject({ members: 1 })
      expect(await segmentsOf(db(), 'sc-moved')).toEqual([['sc-moved-0', 'sc-moved-2', 'sc-moved-1']])
    })

    it('joins no segment that was deleted, and leaves alone what others have said of one', async () => {
      const segmenting = { channelId: 'sc-del', strategy: { name: 'gap', minutes: 1 } } as const
      await db().addMessages([say('sc-del', 0, 0), say('sc-del', 1, 100_000)])
      await db().segmentChannel(segmenting)
      const { items } = await db().getConversationSegments({ channelId: 'sc-del', order: 'asc' })
      await db().deleteConversationSegment(items[1]?.segmentId ?? '')
      await db().updateConversationSegment({ segmentId: items[0]?.segmentId ?? '', summary: 'mine' })
      await db().addMessages([say('sc-del', 2, 1), say('sc-del', 3, 110_000)])
      await db().segmentChannel(segmenting)
      expect(await segmentsOf(db(), 'sc-del')).toEqual([['sc-del-0', 'sc-del-2'], ['sc-del-3']])
      const changed = await db().getConversationSegment(items[0]?.segmentId ?? '')
      expect(changed).toMatchObject({ summary: 'mine', endTime: new Date(1), messageCount: 2 })
    })

    it('keeps a place for each strategy, with its parameters, side by side', async () => {
      await db().addMessages([0, 1, 2].map((n) => say('sc-side', n, n * 10 * minute)))
      await db().segmentChannel({ channelId: 'sc-side', strategy: 'gap' })
      await db().segmentChannel({ channelId: 'sc-side', strategy: { name: 'gap', minutes: 5 } })
      await db().segmentChannel({ channelId: 'sc-side', strategy: 'replies' })
      expect(await segmentsOf(db(), 'sc-side', 'gap-30:')).toHaveLength(1)
      expect(await segmentsOf(db(), 'sc-side', 'gap-5:')).toHaveLength(3)
      expect(await segmentsOf(db(), 'sc-side', 'replies:')).toHaveLength(3)
    })

    it('adopts segments whose place is gone: what is in one stays there', async () => {
      const segmenting = { channelId: 'sc-back', strategy: { name: 'gap', minutes: 1 } } as const
      await db().addMessages([0, 1, 2].map((n) => say('sc-back', n, n * 50_000)))
      await db().segmentChannel(segmenting)
      const before = await segmentsOf(db(), 'sc-back')
      const [segmentId = ''] = (await db().getConversationSegments({ channelId: 'sc-back' })).items.map(
        (segment) => segment.segmentId,
      )
      // As an export and its import would: the segments come along, the places do not.
      await db().deleteChannel('sc-back')
      await db().addMessages([0, 1, 2, 3].map((n) => say('sc-back', n, n * 50_000)))
      const messages = before[0] ?? []
      await db().createSegmentWithMessages({
        segmentId,
        channelId: 'sc-back',
        startTime: 0,
        endTime: 100_000,
        messages,
      })
      expect(await db().segmentChannel(segmenting)).toEqual({ messages: 4, members: 1, segments: 0 })
      expect(await segmentsOf(db(), 'sc-back')).toEqual([[...messages, 'sc-back-3']])
    })

    it('run by several at once puts each message into one segment', async () => {
      const rows = Array.from({ length: 1_500 }, (_, n) => say('sc-many', n, n * minute * ((n % 7) + 1)))
      await db().addMessages(rows)
      const segmenting = { channelId: 'sc-many', strategy: { name: 'gap', minutes: 3 } } as const
      const reports = await Promise.all([1, 2, 3, 4].map(() => db().segmentChannel(segmenting)))
      expect(reports.reduce((sum, { members }) => sum + members, 0)).toBe(1_500)
      const members = await segmentsOf(db(), 'sc-many')
      expect(members.flat().toSorted()).toEqual(rows.map(({ messageId }) => messageId).toSorted())
    })

    it('follows what comes, until it is told to end', async () => {
      const controller = new AbortController()
      const seen: number[] = []
      const reached = (count: number) => expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(count)
      await db().addMessages([say('sc-live', 0, 0)])
      const following = db().segmentChannel(
        {
          channelId: 'sc-live',
          strategy: { name: 'gap', minutes: 1 },
          follow: true,
          onProgress: ({ members }) => seen.push(members),
        },
        { signal: controller.signal },
      )
      following.catch(() => {})
      await reached(1)
      await db().addMessages([say('sc-live', 1, 1_000), say('sc-live', 2, 900_000)])
      await reached(3)
      await db().storeMessage(say('sc-live', 3, 901_000))
      await reached(4)
      controller.abort()
      await expectError(following, 'ABORTED', { members: 4 })
      expect(await segmentsOf(db(), 'sc-live')).toEqual([
        ['sc-live-0', 'sc-live-1'],
        ['sc-live-2', 'sc-live-3'],
      ])
    })

    it('ends between two steps when its signal is aborted, and goes on when it is called again', async () => {
      await db().addMessages(Array.from({ length: 1_200 }, (_, n) => say('sc-stop', n, n)))
      const controller = new AbortController()
      const segmenting = {
        channelId: 'sc-stop',
        strategy: { name: 'gap', minutes: 1 },
        onProgress: () => controller.abort(),
      } as const
      const call = db().segmentChannel(segmenting, { signal: controller.signal })
      await expectError(call, 'ABORTED', { messages: 500, members: 500, segments: 1 })
      expect(await db().segmentChannel(segmenting)).toEqual({ messages: 700, members: 700, segments: 0 })
      await expectError(db().segmentChannel(segmenting, { signal: AbortSignal.abort() }), 'ABORTED')
    })

    it('refuses what it can not do', async () => {
      const call = (segmenting: unknown) => db().segmentChannel(wrong(segmenting))
      const refused = (segmenting: unknown, field: string) =>
        expectError(call(segmenting), 'INVALID_ARGUMENT', { field })
      await refused({ strategy: 'gap' }, 'channelId')
      await refused({ channelId: 'c' }, 'strategy')
      await refused({ channelId: 'c', strategy: 5 }, 'strategy')
      await refused({ channelId: 'c', strategy: 'best' }, 'strategy')
      await refused({ channelId: 'c', strategy: { name: 'gap', minutes: 0 } }, 'minutes')
      await refused({ channelId: 'c', strategy: { name: 'gap', minutes: null } }, 'minutes')
      await refused({ channelId: 'c', strategy: { name: 'gap', hours: 1 } }, 'hours')
      await refused({ channelId: 'c', strategy: { name: 'replies', minutes: 1 } }, 'minutes')
      await refused({ channelId: 'c', strategy: { name: 'mine' } }, 'decide')
      // A name of ours that is misspelt would be one of a strategy of one's own.
      for (const strategy of [{ name: 'conversation' }, { name: 'gaps', minutes: 5 }]) {
        await expect(call({ channelId: 'c', strategy })).rejects.toThrow(
          /^decide is missing: .* 'gap', 'replies', 'conversations'/,
        )
      }
      await refused({ channelId: 'c', strategy: 'gap', folow: true }, 'folow')
      const decide = () => 'new' as const
      for (const name of ['gap', 'gap-30', 'replies', 'a:b', '']) {
        await expectError(
          db().segmentChannel({ channelId: 'c', strategy: { name, decide } }),
          'INVALID_ARGUMENT',
        )
      }
    })

    it('does nothing in a channel that has no messages, or is not there', async () => {
      await db().upsertChannel({ channelId: 'sc-empty' })
      for (const channelId of ['sc-empty', 'sc-nowhere']) {
        const report = await db().segmentChannel({ channelId, strategy: 'conversations' })
        expect(report).toEqual({ messages: 0, members: 0, segments: 0 })
      }
      expect(await db().getChannel('sc-nowhere')).toBeUndefined()
    })
  })
}
