import { openDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest'
import { standInForCitus } from '../support/citus-stand-in.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

/** For so long a coordinator tries to reach a node that is gone. */
const tryingMs = 400

/** As a coordinator answers whose node 1 is gone: each statement that writes there takes its time, and fails. */
const loseNode = `
CREATE FUNCTION lose_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT groupid FROM pg_dist_placement WHERE shardid = get_shard_id_for_distribution_column('messages', NEW.channel_id)) = 1 THEN
    PERFORM pg_sleep(${tryingMs / 1_000});
    RAISE EXCEPTION 'connection to the remote node failed' USING ERRCODE = '08006';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lose_node BEFORE INSERT OR UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION lose_node()`

/** The same of what is read. */
const loseReads = `
CREATE FUNCTION reach(channel text) RETURNS boolean LANGUAGE plpgsql COST 1000000 AS $$
BEGIN
  IF (SELECT groupid FROM pg_dist_placement WHERE shardid = get_shard_id_for_distribution_column('messages', channel)) = 1 THEN
    PERFORM pg_sleep(${tryingMs / 1_000});
    RAISE EXCEPTION 'connection to the remote node failed' USING ERRCODE = '08006';
  END IF;
  RETURN true;
END $$;
ALTER TABLE messages RENAME TO messages_of_nodes;
CREATE VIEW messages AS SELECT * FROM messages_of_nodes WHERE reach(channel_id);
UPDATE pg_dist_shard SET logicalrelid = 'messages'::regclass WHERE logicalrelid = 'messages_of_nodes'::regclass`

const selectNode = `
  SELECT groupid AS node FROM pg_dist_placement WHERE shardid = get_shard_id_for_distribution_column('messages', $1)`

let server: TestPostgres
let client: pg.Client
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  const url = await server.createDatabase()
  await standInForCitus(url)
  db = await openDatabase(url, { readers: 1, search: false })
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
afterEach(async () => {
  await db.close()
  await client.end()
})

/** Channels whose rows are on a node. */
async function channelsOn(node: number, count: number): Promise<string[]> {
  const found: string[] = []
  for (let n = 0; found.length < count; n += 1) {
    const { rows } = await client.query<{ node: number }>(selectNode, [`channel-${n}`])
    if (rows[0]?.node === node) found.push(`channel-${n}`)
  }
  return found
}

const codesOf = (outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'stored' : Reflect.get(outcome.reason, 'code')))

it('a node that is gone fails the calls to its channels, and holds up no others', async () => {
  const [lost = [], whole = []] = await Promise.all([channelsOn(1, 5), channelsOn(2, 5)])
  await client.query(loseNode)
  const startedAtMs = performance.now()
  const store = (name: string, channels: readonly string[]): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: 100 }, (_, n) =>
        db.storeMessage(message(`${name}-${n}`, { channelId: channels[n % channels.length] ?? '' })),
      ),
    )
  const [ofLost, ofWhole] = await Promise.all([store('lost', lost), store('whole', whole)])
  expect(new Set(codesOf(ofLost))).toEqual(new Set(['UNREACHABLE']))
  expect(new Set(codesOf(ofWhole))).toEqual(new Set(['stored']))
  // One by one they would have taken a hundred times as long as one.
  expect(performance.now() - startedAtMs).toBeLessThan(tryingMs * 50)
  expect(await db.countMessages()).toBe(100)
  expect(await db.verify()).toMatchObject({ isOk: true })
})

it('the operations of one request fail by themselves, too', async () => {
  const [[lost = ''], [whole = '']] = await Promise.all([channelsOn(1, 1), channelsOn(2, 1)])
  await client.query(loseNode)
  const outcomes = await db.executeEach([
    { name: 'storeMessage', params: message('1', { channelId: whole }) },
    { name: 'storeMessage', params: message('2', { channelId: lost }) },
    { name: 'upsertChannel', params: { channelId: whole, name: 'Whole' } },
    { name: 'storeMessage', params: message('3', { channelId: whole }) },
  ])
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, true])
  expect(outcomes[1]).toMatchObject({ error: { code: 'UNREACHABLE', retryable: true } })
})

it('reads of other channels are not held up either', async () => {
  const [lost = [], whole = []] = await Promise.all([channelsOn(1, 5), channelsOn(2, 5)])
  for (const channelId of [...lost, ...whole])
    await db.storeMessage(message(`in ${channelId}`, { channelId }))
  await client.query(loseReads)
  const startedAtMs = performance.now()
  const read = (channels: readonly string[]): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: 100 }, (_, n) =>
        db.getMessages({ channelId: channels[n % channels.length] ?? '' }),
      ),
    )
  const [ofLost, ofWhole] = await Promise.all([read(lost), read(whole)])
  expect(new Set(codesOf(ofLost))).toEqual(new Set(['UNREACHABLE']))
  expect(ofWhole.every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(performance.now() - startedAtMs).toBeLessThan(tryingMs * 50)
})

it('what the catalogue tells of is looked for on the nodes when they have committed it, too', async () => {
  const { nextCursor: after } = await db.listChanges()
  await db.storeMessage(message('1'))
  // Who commits has it until its nodes have.
  await client.query('SELECT pg_advisory_lock(7103)')
  const deleted = db.deleteMessages(['1'])
  const page = db.listChanges({ after })
  const waiting = async (): Promise<number> => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND objid = 7103 AND NOT granted`,
    )
    return rows[0]?.count ?? 0
  }
  await expect.poll(waiting, { timeout: 20_000 }).toBe(2)
  await client.query('SELECT pg_advisory_unlock(7103)')
  expect(await deleted).toBe(1)
  expect((await page).nextCursor).not.toBe(after)
})

it('when the node is back its channels are, within seconds', async () => {
  const [lost = ''] = await channelsOn(1, 1)
  await client.query(loseNode)
  await expect(db.storeMessage(message('1', { channelId: lost }))).rejects.toMatchObject({
    code: 'UNREACHABLE',
  })
  await client.query('DROP TRIGGER lose_node ON messages')
  await expect
    .poll(() => db.storeMessage(message('1', { channelId: lost })).then(() => 'stored', String), {
      timeout: 20_000,
      interval: 200,
    })
    .toBe('stored')
})
