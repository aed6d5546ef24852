import { join } from 'node:path'
import Database from 'better-sqlite3'
import { verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../src/workers/schema/migrate.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { readFixture } from '../support/fixture-answers.js'
import {
  fixtureRows,
  fixtureVersions,
  forgottenUserId,
  makeFixture,
  releasedSchema,
} from '../support/fixtures.js'

async function fixture(version: (typeof fixtureVersions)[number] = 1): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  makeFixture(version, path)
  return path
}

describe('released migrations', () => {
  it('all have a fixture', () => {
    expect(fixtureVersions).toHaveLength(migrations.length)
  })

  it.each(fixtureVersions)('are never edited: version %d is what it was when it was released', (version) => {
    expect(migrations[version - 1]?.trim()).toBe(releasedSchema(version).trim())
  })
})

describe.each(fixtureVersions)('a file of schema version %d', (version) => {
  it('has a row in every table', async () => {
    const database = new Database(await fixture(version), { readonly: true })
    const tables = database
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .pluck()
      .all()
    // Of words there are rows for every 8,192 messages.
    const words = new Set(['message_words', 'message_blocks'])
    const empty = tables.filter(
      (name) => !words.has(name) && database.prepare(`SELECT 1 FROM ${name}`).get() === undefined,
    )
    expect(empty).toEqual([])
    database.close()
  })

  it('opens, answers every row, and verifies', async () => {
    const path = await fixture(version)
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await readFixture(db)).toEqual(fixtureRows())
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
    const again = await temporaryDatabase({ readers: 1 }, path)
    expect(await readFixture(again)).toEqual(fixtureRows())
  })

  it('has the very schema that a new file has', async () => {
    const path = await fixture(version)
    await (await temporaryDatabase({ readers: 1 }, path)).close()
    const newPath = join(await temporaryFolder(), 'new.db')
    await (await temporaryDatabase({ readers: 1 }, newPath)).close()
    expect(schemaOf(path)).toEqual(schemaOf(newPath))
  })

  it('takes changes to all that was in it', async () => {
    const path = await fixture(version)
    const db = await temporaryDatabase({ readers: 1 }, path)
    await db.storeMessage(message('m10', { timestamp: 95_000 }))
    await db.updateMessage({ messageId: 'm6', content: 'edited' })
    expect(await db.deleteMessages(['m1', 'm7', 'm9'])).toBe(2)
    expect(await db.getSegmentMessageIds(['s1'])).toMatchObject([{ messageIds: ['m2'] }])
    expect(await db.forgetUser('grace')).toMatchObject({ messages: 2, segmentMemberships: 1 })
    expect(await db.deleteChannel('random')).toBe(true)
    expect(await db.countMessages()).toBe(2)
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
  })

  it('gives no key again that was given in it', async () => {
    const path = await fixture(version)
    const db = await temporaryDatabase({ readers: 1 }, path)
    await db.storeMessage(message('new', { channelId: 'new', userId: 'new' }))
    const segment = { segmentId: 'new', channelId: 'new', startTime: 0, endTime: 1 }
    await db.createConversationSegment(segment)
    const keys = `
      SELECT channel_key AS channelKey, user_key AS userKey, message_key AS messageKey, segment_key AS segmentKey
      FROM messages JOIN conversation_segments USING (channel_key) WHERE message_id = 'new'`
    expect(await db.withConnection((connection) => connection.get(keys))).toEqual({
      channelKey: 5,
      userKey: 6,
      messageKey: 10,
      segmentKey: 4,
    })
  })
})

describe('names that another version has folded', () => {
  const oldForm = `UPDATE users SET display_name = 'Straße ΟΔΟΣ', folded_name = 'straße οδος', checksum = 5 WHERE user_key = 1`

  async function findAda(path: string): Promise<(string | undefined)[]> {
    const db = await temporaryDatabase({ readers: 1 }, path)
    const find = async (query: string) => (await db.users.searchByDisplayName(query)).items[0]?.userId
    const found = await Promise.all(['STRASSE', 'οδοσ', 'ρ οδος', 'lovelace'].map(find))
    await db.close()
    return found
  }

  it.each([
    ['another Unicode', "UPDATE name_folding SET version = '1/9.0'"],
    ['a version to come', "UPDATE name_folding SET version = '99/99.0'"],
  ])('are folded anew: those of %s', async (_, sql) => {
    const path = await fixture()
    const database = new Database(path)
    database.exec(`${oldForm}; ${sql}`)
    database.close()
    expect(await findAda(path)).toEqual(['ada', 'ada', undefined, undefined])
    // What the checksum told before, it goes on telling.
    const { problems } = await verifyDatabase(path)
    expect(problems).toMatchObject([{ check: 'checksums', table: 'users', key: '1' }])
  })
})

it('who was forgotten stays so', async () => {
  const db = await temporaryDatabase({ readers: 1 }, await fixture())
  await expectError(db.users.upsertUser({ userId: forgottenUserId, displayName: 'M' }), 'USER_FORGOTTEN')
})

/** Statements as they are kept; a table that was renamed has quotes around its name. */
function schemaOf(path: string): unknown[] {
  const database = new Database(path, { readonly: true })
  const rows = database
    .prepare<[], { type: string; name: string; sql: string | null }>(
      'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
    )
    .all()
  database.close()
  return rows.map(({ type, name, sql }) => ({ type, name, sql: sql?.replaceAll('"', '') }))
}
