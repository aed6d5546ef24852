import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { irc, missingIrc, readIrc, type IrcMessage, type IrcSegment } from './irc-data.js'
import { runCli } from './run-cli.js'

describe('the IRC data, imported twice', () => {
  beforeEach((context) => {
    if (missingIrc !== undefined) {
      console.warn(missingIrc)
      context.skip(missingIrc)
    }
  })

  let folder: string
  let db: DatabaseManager
  const summaries: string[] = []

  beforeAll(async () => {
    if (missingIrc !== undefined) return
    folder = await mkdtemp(join(tmpdir(), 'convodb-irc-'))
    const path = join(folder, 'chat.db')
    const files = [irc.messages, '--channels', irc.channels, '--segments', irc.segments]
    for (const _ of ['first', 'second']) {
      const { exitCode, stdout, stderr } = await runCli(['import', ...files, '--db', path])
      expect(exitCode, stderr).toBe(0)
      summaries.push(stdout)
    }
    db = await openDatabase(path, { create: false })
  })

  afterAll(async () => {
    if (missingIrc !== undefined) return
    await db.close()
    await rm(folder, { recursive: true })
  })

  it('inserts everything the first time and updates it the second', () => {
    expect(summaries[0]).toContain('49,277 inserted, 0 updated')
    expect(summaries[1]).toContain('0 inserted, 49,277 updated')
  })

  it('gives 49,277 messages in 34 channels and 2,245 segments of 14,751 messages', async () => {
    const { rows } = await db.stats()
    expect(rows).toMatchObject({
      messages: 49_277,
      channels: 34,
      conversationSegments: 2_245,
      segmentMessages: 14_751,
    })
  })

  it("keeps the channels' names, and what else their file says as metadata", async () => {
    const channel = await db.getChannel('ubuntu-2005-02-06-c')
    expect(channel).toMatchObject({ name: '#ubuntu', messageCount: 1500 })
    expect(channel?.metadata).toMatchObject({ clock: '12h', annotated_from: 'ubuntu-2005-02-06-c:01000' })
  })

  it("pages every channel in the file's order, whatever the limit", async () => {
    const byChannel = new Map<string, string[]>()
    for (const { channel_id: channelId, message_id: messageId } of await readIrc<IrcMessage>(irc.messages)) {
      byChannel.set(channelId, byChannel.get(channelId) ?? [])
      byChannel.get(channelId)?.push(messageId)
    }
    expect(byChannel.size).toBe(34)
    for (const [channelId, expected] of byChannel) {
      for (const limit of [7, 100, 10_000]) {
        const ids = await collectIds(db, channelId, limit, 'asc')
        expect(ids, `${channelId} by ${limit}`).toEqual(expected)
      }
      expect(await collectIds(db, channelId, 500, 'desc')).toEqual(expected.toReversed())
    }
  })

  it('returns the members of every segment in their order', async () => {
    const segments = await readIrc<IrcSegment>(irc.segments)
    const stored = await db.getSegmentMessageIds(segments.map((segment) => segment.segment_id))
    expect(stored).toEqual(
      segments.map(({ segment_id: segmentId, message_ids: messageIds }) => ({ segmentId, messageIds })),
    )
  })

  it('exports and imports again unchanged', async () => {
    const exported = join(folder, 'chat.ndjson.gz')
    const copy = join(folder, 'copy.db')
    const exportOf = (path: string, ...options: string[]) => runCli(['export', '--db', path, ...options])
    const { exitCode, stderr } = await exportOf(join(folder, 'chat.db'), '--out', exported)
    expect(exitCode, stderr).toBe(0)
    const imported = await runCli(['import', exported, '--db', copy])
    expect(imported.exitCode, imported.stderr).toBe(0)
    const [original, again] = await Promise.all([exportOf(join(folder, 'chat.db')), exportOf(copy)])
    expect(original.stdout.length).toBeGreaterThan(10_000_000)
    expect(again.stdout === original.stdout).toBe(true)
  })
})

async function collectIds(
  db: DatabaseManager,
  channelId: string,
  limit: number,
  order: 'asc' | 'desc',
): Promise<string[]> {
  const ids: string[] = []
  for await (const message of db.iterateMessages({ channelId, limit, order })) ids.push(message.messageId)
  return ids
}
