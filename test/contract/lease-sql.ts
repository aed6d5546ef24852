import type { LeasedConnection } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const insert = (channelId: string) => `
  INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
  SELECT ?, channel_key, user_key, 'by hand', 5, 'message' FROM channels, users
  WHERE channel_id = '${channelId}' AND user_id = '${channelId}'`

/** What SQL of a borrower's own may do in a write lease; whatever it does, the file stays whole. */
export function describeLeaseSql(db: GetDatabase): void {
  const lend = <Value>(work: (connection: LeasedConnection) => Promise<Value>) =>
    db().withConnection(work, { mode: 'write' })
  const fill = async (channelId: string) => {
    await db().addMessages(
      [1, 2, 3].map((n) => message(`${channelId}-${n}`, { channelId, userId: channelId, timestamp: n })),
    )
    await db().createSegmentWithMessages({
      segmentId: channelId,
      channelId,
      startTime: 1,
      endTime: 3,
      messages: [`${channelId}-1`, `${channelId}-2`],
      onConflict: 'update',
    })
  }
  const expectWhole = async () => expect((await db().verify()).problems).toEqual([])

  describe('SQL in a write lease', () => {
    it.each([
      'BEGIN',
      'COMMIT',
      'END',
      'ROLLBACK',
      '/* a comment */ ROLLBACK',
      '-- a comment\nROLLBACK',
      ';;  ROLLBACK TRANSACTION',
      '\uFEFFCOMMIT',
      'rollback; BEGIN',
      "SELECT ';'; COMMIT",
      `ATTACH ':memory:' AS other`,
      'DETACH main',
      'VACUUM',
      `VACUUM INTO 'copy.db'`,
      'PRAGMA synchronous = OFF',
      'PRAGMA/**/foreign_keys(0)',
      'EXPLAIN PRAGMA foreign_keys = 0',
      'PRAGMA main . journal_mode = DELETE',
      'PRAGMA locking_mode = EXCLUSIVE',
      'PRAGMA wal_checkpoint',
      'PRAGMA writable_schema = 1',
      'DELETE FROM channel_messages',
      'UPDATE indexed_messages SET last_key = 0',
      'WITH one AS (SELECT 1) DELETE FROM user_messages',
      'INSERT INTO user_name_suffixes VALUES (1, 1)',
      'UPDATE sqlite_sequence SET seq = 0',
      'DROP TABLE messages',
      'DROP TRIGGER messages_delete',
      'CREATE TRIGGER own AFTER INSERT ON messages BEGIN SELECT 1; END',
      'CREATE TEMP TRIGGER own AFTER INSERT ON main.channels BEGIN SELECT 1; END',
      'CREATE INDEX own ON Messages (content)',
      'ALTER TABLE users ADD COLUMN age INTEGER',
      'CREATE TEMP TABLE Channels (channel_id TEXT)',
      'CREATE TEMP VIEW indexed_messages AS SELECT 1',
    ])('does not run %j, and what was done before stands', async (sql) => {
      await fill('ls')
      await lend(async (connection) => {
        await connection.run(`UPDATE channels SET name = ? WHERE channel_id = 'ls'`, [sql])
        await expectError(connection.exec(sql), 'SQL_NOT_ALLOWED', { field: 'sql' })
      })
      expect(await db().getChannel('ls')).toMatchObject({ name: sql, messageCount: 3 })
    })

    it('runs savepoints, pragmas that tell something, and several statements, comments and triggers among them', async () => {
      await fill('lt')
      const found = await lend(async (connection) => {
        await connection.exec(`
          SAVEPOINT one; -- ; not the end
          DELETE FROM messages WHERE message_id = 'lt-1'; /* ; nor this */
          ROLLBACK TO one; RELEASE one;
          CREATE TABLE lt_notes (note TEXT, "semi;colon" TEXT DEFAULT ';');
          CREATE TABLE lt_log (note TEXT);
          CREATE TRIGGER lt_notes_insert AFTER INSERT ON lt_notes BEGIN
            INSERT INTO lt_log SELECT CASE WHEN NEW.note = ';' THEN 'end' END;
            INSERT INTO lt_log VALUES ('second');
          END;
          INSERT INTO lt_notes (note) VALUES (';')`)
        return {
          log: await connection.all('SELECT note FROM lt_log'),
          columns: await connection.all('PRAGMA table_info(lt_notes)'),
          ...(await connection.get('PRAGMA synchronous')),
          ...(await connection.get('PRAGMA foreign_keys')),
        }
      })
      expect(found).toMatchObject({
        log: [{ note: 'end' }, { note: 'second' }],
        columns: [{ name: 'note' }, { name: 'semi;colon' }],
        synchronous: 2,
        foreign_keys: 1,
      })
      expect(await db().countMessages({ channelId: 'lt' })).toBe(3)
      await lend((connection) => connection.exec('DROP TABLE lt_notes; DROP TABLE lt_log'))
      await expectWhole()
    })

    it('is over when a statement rolls the transaction back, though the borrower catches its error', async () => {
      await fill('lo')
      const lease = lend(async (connection) => {
        await connection.run(`UPDATE channels SET name = 'gone' WHERE channel_id = 'lo'`)
        const sql = insert('lo').replace('INSERT', 'INSERT OR ROLLBACK')
        await expectError(connection.run(sql, ['lo-1']), 'CONFLICT')
        await expectError(connection.run(insert('lo'), ['lo-4']), 'TRANSACTION_ENDED')
        await expectError(connection.get('SELECT 1'), 'TRANSACTION_ENDED')
      })
      await expectError(lease, 'TRANSACTION_ENDED')
      expect(await db().getChannel('lo')).toMatchObject({ name: null, messageCount: 3 })
      expect(await db().getMessagesByIds(['lo-4'])).toEqual([])
      await expectWhole()
    })

    it('keeps nothing of a temporary table beyond the lease', async () => {
      await lend((connection) => connection.exec('CREATE TEMP TABLE lk (n INTEGER)'))
      await lend((connection) => connection.exec('CREATE TEMP TABLE lk (other TEXT)'))
      await lend((connection) => expectError(connection.all('SELECT * FROM lk'), 'SQL_ERROR'))
    })

    it.each([
      ['a key that was used before', `UPDATE messages SET message_key = 1 WHERE message_id = 'lr-2'`],
      ['a counter', `UPDATE channels SET message_count = 7 WHERE channel_id = 'lr'`],
      ['a counter of a segment', `UPDATE conversation_segments SET message_count = 0`],
      [
        'a new row with a count',
        `INSERT INTO channels (channel_id, created_at, message_count) VALUES ('lx', 0, 1)`,
      ],
      [
        'the greatest key',
        `INSERT INTO channels (channel_key, channel_id, created_at) VALUES (${2n ** 63n - 1n}, 'lx', 0)`,
      ],
      ['a negative key', `INSERT INTO users (user_key, user_id, first_seen) VALUES (-5, 'lx', 0)`],
      [
        'a segment with a negative key',
        `INSERT INTO conversation_segments (segment_key, segment_id, channel_key, start_time, end_time) SELECT -1, 'lx', channel_key, 0, 1 FROM channels LIMIT 1`,
      ],
      [
        'a message out of line',
        `${insert('lr').replace('(message_id', '(message_key, message_id').replace('SELECT ?', "SELECT 9007199254740000, 'lr-9'")}`,
      ],
      ['metadata that is no JSON', `UPDATE messages SET metadata = '{"a":' WHERE message_id = 'lr-1'`],
      ['metadata that is no object', `UPDATE channels SET metadata = '[1]' WHERE channel_id = 'lr'`],
      [
        'a profile that is no JSON',
        `INSERT INTO user_profiles (user_key, profile, updated_at) SELECT user_key, 'x', 0 FROM users WHERE user_id = 'lr'`,
      ],
      [
        'a time beyond every Date',
        `UPDATE messages SET timestamp = 9000000000000000 WHERE message_id = 'lr-1'`,
      ],
      ['an empty id', `INSERT INTO channels (channel_id, created_at) VALUES ('', 0)`],
      ['a channel that is not there', `UPDATE messages SET channel_key = 999999 WHERE message_id = 'lr-3'`],
      [
        'a member of another channel',
        `UPDATE messages SET channel_key = (SELECT channel_key FROM channels WHERE channel_id = 'ls') WHERE message_id = 'lr-1'`,
      ],
      ['activity that goes back', `UPDATE channels SET last_active = 0 WHERE channel_id = 'lr'`],
      [
        'a vector of no dimension',
        `INSERT INTO embeddings (message_key, model_key, vector, created_at) SELECT message_key, 1, x'00', 0 FROM messages LIMIT 1`,
      ],
    ])('refuses %s, alone', async (_, sql) => {
      await fill('lr')
      await fill('ls')
      await db().storeEmbeddings([{ ownerType: 'message', ownerId: 'lr-1', model: 'lr', vector: [1, 2] }])
      await lend(async (connection) => {
        await expectError(connection.exec(sql), 'CONFLICT')
        await connection.run(`UPDATE channels SET name = 'stands' WHERE channel_id = 'lr'`)
      })
      expect(await db().getChannel('lr')).toMatchObject({ name: 'stands', messageCount: 3 })
      await db().storeMessage(message('lr-4', { channelId: 'lr-new' }))
      await db().deleteMessages(['lr-4'])
    })

    it('keeps counters, places and search right through whatever it may change', async () => {
      await fill('lw')
      await db().createConversationSegment({ segmentId: 'lw-2', channelId: 'lw', startTime: 1, endTime: 3 })
      await db().users.upsertUser({ userId: 'lw', displayName: 'Mary Shelley' })
      await lend(async (connection) => {
        await connection.exec(`
          UPDATE segment_messages
          SET segment_key = (SELECT segment_key FROM conversation_segments WHERE segment_id = 'lw-2')
          WHERE message_key = (SELECT message_key FROM messages WHERE message_id = 'lw-1');
          UPDATE users SET display_name = 'Grace Hopper' WHERE user_id = 'lw'`)
        await connection.run(insert('lw'), ['lw-4'])
        await connection.run(`UPDATE messages SET timestamp = 9 WHERE message_id = 'lw-2'`)
        await connection.run(`DELETE FROM messages WHERE message_id = 'lw-3'`)
      })
      const [moved, stayed] = [
        await db().getConversationSegment('lw-2'),
        await db().getConversationSegment('lw'),
      ]
      expect([moved?.messageCount, stayed?.messageCount]).toEqual([1, 1])
      expect((await db().users.searchByDisplayName({ query: 'shelley' })).items).toEqual([])
      expect((await db().users.searchByDisplayName({ query: 'hopper' })).items).toMatchObject([
        { userId: 'lw' },
      ])
      const { items } = await db().getMessages({ channelId: 'lw', order: 'asc' })
      expect(items.map(({ messageId }) => messageId)).toEqual(['lw-1', 'lw-4', 'lw-2'])
      expect(await db().getChannel('lw')).toMatchObject({ messageCount: 3, lastActive: new Date(9) })
      await expectWhole()
    })

    it('does not bring a forgotten user back', async () => {
      await fill('lf')
      await db().forgetUser('lf')
      await lend((connection) =>
        expectError(connection.run(`INSERT INTO users (user_id, first_seen) VALUES ('lf', 0)`), 'CONFLICT'),
      )
      expect(await db().users.getUser('lf')).toBeUndefined()
    })

    it('deletes a channel with all that is in it', async () => {
      await fill('ld')
      await lend((connection) => connection.run(`DELETE FROM channels WHERE channel_id = 'ld'`))
      expect(await db().getMessagesByIds(['ld-1', 'ld-2', 'ld-3'])).toEqual([])
    })

    it('has left the file whole in all of this', expectWhole)
  })
}
