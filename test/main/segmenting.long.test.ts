import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, it } from 'vitest'
import { hasIrc, readExcerpts } from '../../bench/segmenting/irc.js'
import { scoreOf } from '../../bench/segmenting/scores.js'
import { message, temporaryDatabase } from '../support/databases.js'
import { segmentsOf } from '../support/segments.js'

it('divides 100,000 messages in bounded memory, and gives the event loop its turns', async () => {
  const db = await temporaryDatabase()
  for (let first = 0; first < 100_000; first += 5_000) {
    await db.addMessages(
      Array.from({ length: 5_000 }, (_, n) =>
        message(`m${first + n}`, {
          timestamp: (first + n) * 9_000,
          userId: `user${(first + n * 7) % 60}`,
          content: `user${(n * 13) % 60}: ${'about the thing and more '.repeat(1 + (n % 5))}${n % 211}`,
        }),
      ),
    )
  }
  const heaps: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const report = await db.segmentChannel({
    channelId: 'general',
    strategy: 'conversations',
    onProgress: ({ messages }) => messages % 10_000 === 0 && heaps.push(process.memoryUsage().heapUsed),
  })
  delay.disable()
  expect(report).toMatchObject({ messages: 100_000, members: 100_000 })
  expect((await segmentsOf(db, 'general')).flat()).toHaveLength(100_000)
  // What is not collected yet is in it; what grows with the messages would be many times as much in the end.
  expect(Math.min(...heaps.slice(-3))).toBeLessThan(Math.max(...heaps.slice(0, 3)) + 64 * 1024 * 1024)
  // On a machine with other work to do a turn waits for its core, too; the middle one does not.
  expect(delay.percentile(50) / 1e6).toBeLessThan(50)
})

it.skipIf(!hasIrc())('finds annotated conversations that are in ../shared/data/irc', async () => {
  const db = await temporaryDatabase()
  const labels = []
  for (const { channelId, messages, gold } of readExcerpts()) {
    await db.addMessages(messages)
    await db.segmentChannel({ channelId, strategy: 'conversations' })
    const found = new Map(
      (await segmentsOf(db, channelId)).flatMap((members, index) =>
        members.map((messageId) => [messageId, String(index)] as const),
      ),
    )
    for (const [messageId, conversation] of gold) {
      labels.push({ excerpt: channelId, gold: conversation, found: found.get(messageId) ?? messageId })
    }
  }
  const { oneToOne, variation } = scoreOf(labels)
  expect(oneToOne).toBeGreaterThan(0.73)
  expect(variation).toBeGreaterThan(0.91)
})
