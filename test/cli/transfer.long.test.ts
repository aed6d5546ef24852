import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openDatabase, verifyDatabase, type DatabaseManager } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { maxPosition } from '../../src/protocol/limits.js'
import { exportEverything } from '../../src/cli/export/everything.js'
import { contentOf, expectEqualContent } from '../support/content-of.js'
import { makeFilledDatabase } from '../support/filled-database.js'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { runCli, startCli, transfer } from './run-cli.js'

let folder: string
let original: string
let copy: string
beforeEach(async () => {
  folder = await temporaryFolder()
  original = join(folder, 'original.db')
  copy = join(folder, 'copy.db')
})

/** What only an unusual life leaves in a file. */
async function liveUnusually(db: DatabaseManager): Promise<void> {
  const row = (id: string, userId: string, timestamp: number) =>
    message(id, { channelId: 'lived in', userId, timestamp })
  await db.users.upsertUser({ userId: 'first of all', displayName: 'Zoë', firstSeen: 99_999 })
  await db.addMessages([
    row('late', 'came back', 900),
    row('early', 'came back', 100),
    row('gone', 'quiet', 9_999),
  ])
  // Deleted, and back with a message that is older than the last one.
  await db.users.deleteUser('came back')
  await db.storeMessage(row('back', 'came back', 500))
  await db.users.recordActivity({ userId: 'active only', timestamp: 70_000 })
  await db.users.recordActivity({ userId: 'quiet', timestamp: 5 })
  // The channel remembers its last activity, the user theirs.
  await db.deleteMessages(['gone'])
  await db.storeMessage(row('of a deleted one', 'deleted', 300))
  await db.users.updateProfile({ userId: 'deleted', profile: { a: 1 } })
  await db.users.deleteUser('deleted')
  await db.users.updateProfile({ userId: 'came back', profile: { 'a\0': { b: [null, 1] }, 'a\0x': 2 } })
  await db.forgetUser('forgotten 1')
  await db.forgetUser('forgotten 2')
  await db.storeMessage(row('same time 2', 'quiet', 100))
  await db.storeMessage(row('same time 1', 'quiet', 100))
  await db.createSegmentWithMessages({
    segmentId: 'at one position',
    channelId: 'lived in',
    startTime: 0,
    endTime: 1,
    messages: ['back', 'same time 1', 'early', 'same time 2'].map((messageId) => ({
      messageId,
      position: maxPosition,
      contributionScore: -0.125,
    })),
  })
  await db.createConversationSegment({
    segmentId: 'empty',
    channelId: 'of a segment alone',
    startTime: 5,
    endTime: 5,
  })
  // The first model has no vector any more, and the second is older than its vectors.
  const embed = (ownerId: string, model: string, vector: number[]) =>
    db.storeEmbeddings([{ ownerType: 'message', ownerId, model, vector }])
  await embed('early', 'without vectors', [1, 2, 3])
  await embed('late', 'two', [1, 2])
  await embed('early', 'two', [-0.1, 3e-45])
  await db.deleteEmbeddings({ ownerType: 'message', ownerIds: ['early'], model: 'without vectors' })
  // Not merged yet when it is closed, were it not for closing.
  await db.storeMessage(row('recent', 'newcomer', 800))
}

describe('an export of everything', () => {
  it('makes an equal database, every table: also after an import that was interrupted, and once more', async () => {
    await makeFilledDatabase(original)
    const db = await openDatabase(original)
    await liveUnusually(db)
    await db.close()
    for (const [table, rows] of Object.entries(contentOf(original))) expect(rows, table).not.toEqual([])
    const file = join(folder, 'export.ndjson.gz')
    expect(await runCli(['export', '--db', original, '--out', file])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })

    const interrupted = startCli(['import', '-', '--db', copy])
    const bytes = gunzipSync(await readFile(file))
    // Not to the end of a line.
    interrupted.stdin.write(bytes.subarray(0, bytes.length - 100))
    await interrupted.says(/[\d,]+ rows?/)
    interrupted.kill('SIGINT')
    expect(await interrupted.result).toMatchObject({ exitCode: 130 })

    const piped = await transfer(original, copy)
    expect(piped, piped.stderr).toMatchObject({ exitCode: 0 })
    expectEqualContent(original, copy)
    expect(await runCli(['import', file, '--strict', '--db', copy])).toMatchObject({ exitCode: 0 })
    expectEqualContent(original, copy)
    expect(await verifyDatabase(copy)).toMatchObject({ isOk: true, problems: [] })
  })

  it('of an empty database is empty', async () => {
    await (await openDatabase(original)).close()
    expect(await transfer(original, copy)).toMatchObject({ exitCode: 0, stderr: '' })
    // A database is made for the first line that is good.
    expect(existsSync(copy)).toBe(false)
  })

  it('made while others write names nothing that is not in it', async () => {
    const db = await temporaryDatabase({ keepHistory: true }, original)
    const segment = { channelId: 'general', startTime: 0, endTime: 1 }
    const embed = (ownerType: 'message' | 'segment', ownerId: string) =>
      db.storeEmbeddings([{ ownerType, ownerId, model: 'm', vector: [1, 2] }])
    await db.addMessages(Array.from({ length: 1_500 }, (_, n) => message(`old ${n}`)))
    await db.createSegmentWithMessages({ ...segment, segmentId: 'old', messages: ['old 1400', 'old 1401'] })
    await embed('message', 'old 1400')
    const texts: string[] = []
    for await (const text of exportEverything(db, undefined)) {
      texts.push(text)
      const id = `new ${texts.length}`
      await db.storeMessage(message(id, { userId: id }))
      await db.addMessagesToSegment({ segmentId: 'old', messages: [id] })
      await db.createSegmentWithMessages({ ...segment, segmentId: id, messages: [id, 'old 1400'] })
      await Promise.all([embed('message', id), embed('segment', id), embed('segment', 'old')])
      await db.addReaction({ messageId: id, userId: id, reaction: '👍' })
      await db.addReaction({ messageId: 'old 1400', userId: `fan of ${id}`, reaction: '👍' })
      await db.updateMessage({ messageId: 'old 1400', content: id })
      await db.deleteMessages([`old ${texts.length}`, `old ${1_499 - texts.length}`])
    }
    // Eleven kinds, and messages in two pages.
    expect(texts).toHaveLength(12)
    const result = await runCli(['import', '-', '--strict', '--db', copy], texts.join(''))
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    const { segment_messages: members = [], embeddings = [] } = contentOf(copy)
    expect(members).toHaveLength(2)
    expect(embeddings).toMatchObject([{ message_id: 'old 1400' }, { segment_id: 'old' }])
  })

  it('may come in any order with others, into a database that has data already; a bad one is named', async () => {
    const db = await openDatabase(copy)
    await db.addMessages([message('here', { timestamp: 9_000 }), message('of gone', { userId: 'gone' })])
    await db.users.updateProfile({ userId: 'ada', profile: { plays: 'chess', likes: 'coffee' } })
    await db.createSegmentWithMessages({
      segmentId: 's',
      channelId: 'general',
      startTime: 0,
      endTime: 1,
      messages: ['here'],
    })
    await db.forgetUser('forgotten here')
    await db.close()
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
    const segment = { kind: 'segment', segment_id: 's', channel_id: 'general', start_time: 0, end_time: 1 }
    const lines = [
      JSON.stringify({ kind: 'message', ...message('1') }),
      JSON.stringify({ kind: 'user', user_id: 'ada', display_name: 'Ada', first_seen: 5, born: 1815 }),
      JSON.stringify(message('2')),
      JSON.stringify({ ...segment, message_ids: ['2'] }),
      JSON.stringify({ kind: 'members', segment_id: 's', messages: ['1'] }),
      JSON.stringify({ kind: 'profile', user_id: 'ada', profile: { likes: 'tea' } }),
      JSON.stringify({ kind: 'embedding', owner_type: 'message', owner_id: '1', model: 'm', vector: [1, 2] }),
      JSON.stringify({ kind: 'channel', channelId: 'general', name: '#general' }),
      JSON.stringify({ kind: 'forgotten', userHash: hashOf('gone'), forgottenAt: 1 }),
      JSON.stringify({ kind: 'user', userId: 'gone' }),
      JSON.stringify({ kind: 'user', userId: 'forgotten here' }),
      JSON.stringify({ kind: 'activity', userId: 'ada', messageCount: 2, firstSeen: 3, deletedAt: 7 }),
      // From here on they are bad.
      JSON.stringify({ kind: 'nod', userId: 'ada' }),
      JSON.stringify({ kind: 'message', ...message('damaged') }).slice(0, -10),
      JSON.stringify({ kind: 'members', segmentId: 'nowhere', messages: ['1'] }),
      JSON.stringify({ kind: 'embedding', ownerType: 'message', ownerId: '1', model: 'm', vector: [1] }),
    ]
    const { exitCode, stdout, stderr } = await runCli(['import', '-', '--db', copy], lines.join('\n'))
    expect(exitCode, stderr).toBe(1)
    expect(stderr).toContain("standard input:13: kind 'nod' is none that an export has")
    expect(stderr).toContain('standard input:14: the line is not JSON')
    expect(stderr).toContain("standard input:15: There is no segment 'nowhere'")
    expect(stderr).toContain("standard input:16: Model 'm' has dimension 2, this vector 1")
    expect(stdout.split('\n').slice(0, -2)).toEqual([
      'standard input (ndjson)',
      'messages:   2 inserted, 0 updated',
      'ignored:    2, whose users were forgotten on request',
      'channels:   1',
      'segments:   1',
      'users:      1',
      'profiles:   1',
      'embeddings: 1',
      'forgotten:  1 users',
      'bad lines:  4',
    ])
    const after = await temporaryDatabase({}, copy)
    expect(await after.users.getUsers(['ada', 'gone'])).toMatchObject([
      {
        userId: 'ada',
        displayName: 'Ada',
        firstSeen: new Date(3),
        metadata: { born: 1815 },
        messageCount: 3,
      },
    ])
    expect(await after.users.getProfile('ada')).toMatchObject({ profile: { plays: 'chess', likes: 'tea' } })
    expect(await after.getSegmentMessageIds(['s'])).toEqual([{ segmentId: 's', messageIds: ['2', '1'] }])
    expect(await after.getChannel('general')).toMatchObject({ name: '#general', messageCount: 3 })
    expect(await after.getMessagesByIds(['here', 'of gone'])).toMatchObject([{ messageId: 'here' }])
  })
})
