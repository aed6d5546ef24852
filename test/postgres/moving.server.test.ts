import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const convodb = `"${process.execPath}" "${resolve('dist', 'cli', 'index.js')}"`
const shell = async (command: string): Promise<string> =>
  (await promisify(execFile)('sh', ['-c', command], { maxBuffer: 2 ** 28 })).stdout

/** Everything that there is, line by line in some order. */
const everything = async (path: string): Promise<string[]> =>
  (await shell(`${convodb} export --db '${path}'`)).split('\n').toSorted()

describe('moving', () => {
  it('by one pipe, there and back, leaves nothing out and changes nothing', async () => {
    const folder = await temporaryFolder()
    const [from, back] = [join(folder, 'from.db'), join(folder, 'back.db')]
    const to = await server.createDatabase()
    const db = await openDatabase(from, { readers: 1, keepHistory: true })
    await db.upsertChannel({ channelId: 'one', name: 'One', metadata: { a: [1, null] } })
    await db.addMessages(
      Array.from({ length: 1_200 }, (_, n) =>
        message(`m-${n}`, {
          channelId: n % 3 === 0 ? 'one' : 'two',
          userId: `u-${n % 7}`,
          timestamp: n,
          content: `\u0000 ${n} 漢字`,
        }),
      ),
    )
    await db.updateMessage({ messageId: 'm-5', content: 'edited' })
    await db.addReaction({ messageId: 'm-5', userId: 'u-1', reaction: '👍' })
    await db.users.updateProfile({ userId: 'u-1', profile: { likes: 'tea' } })
    await db.users.deleteUser('u-2')
    await db.forgetUser('u-3')
    await db.createSegmentWithMessages({
      segmentId: 's',
      channelId: 'one',
      startTime: 0,
      endTime: 5,
      messages: ['m-0', { messageId: 'm-6', contributionScore: 0.5 }],
    })
    await db.storeEmbeddings([
      { ownerType: 'message', ownerId: 'm-6', model: 'x', vector: [0.1, -2] },
      { ownerType: 'segment', ownerId: 's', model: 'x', vector: [1, 2] },
    ])
    await db.close()
    await shell(`${convodb} export --db '${from}' | ${convodb} import - --db '${to}'`)
    // Once more, as after a cut: nothing becomes another.
    await shell(`${convodb} export --db '${from}' | ${convodb} import - --db '${to}'`)
    await shell(`${convodb} export --db '${to}' | ${convodb} import - --db '${back}'`)
    const all = await everything(from)
    expect(all.length).toBeGreaterThan(1_000)
    expect(await everything(to)).toEqual(all)
    expect(await everything(back)).toEqual(all)
    expect(await shell(`${convodb} verify --db '${to}'`)).toContain('ok')
  }, 240_000)
})
