import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { Connection } from '../../src/workers/connection/connection.js'
import { assertCurrent, migrate } from '../../src/workers/schema/migrate.js'
import { temporaryFolder } from '../support/databases.js'
import { dumpFile } from '../support/dump.js'
import { makeFixture } from '../support/fixtures.js'
import { withSecondVersion } from '../support/synthetic-version.js'

async function fixture(): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  makeFixture(1, path)
  return path
}

function withFile<Value>(path: string, work: (connection: Connection) => Value): Value {
  const connection = new Connection(new Database(path))
  try {
    connection.defineChecksums()
    return work(connection)
  } finally {
    connection.close()
  }
}

const codeOf = (work: () => void): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('migrating to a second version', () => {
  it('brings the file there, with all that was in it, and once', async () => {
    const path = await fixture()
    withFile(path, (connection) => migrate(connection, path, withSecondVersion))
    expect(dumpFile(path)).toMatchObject({ version: 2, integrity: 'ok' })
    withFile(path, (connection) => {
      migrate(connection, path, withSecondVersion)
      expect(connection.all('SELECT model, maker, dimension FROM embedding_models')).toEqual([
        { model: 'small', maker: 'of small', dimension: 2 },
      ])
      expect(connection.all('PRAGMA foreign_key_check')).toEqual([])
      expect(connection.column('SELECT message_key FROM edits')).toEqual([3])
      expect(connection.pragma('foreign_keys')).toBe(1)
    })
  })

  it('goes from nothing to the newest version', async () => {
    const path = join(await temporaryFolder(), 'new.db')
    withFile(path, (connection) => migrate(connection, path, withSecondVersion))
    expect(dumpFile(path)).toMatchObject({ version: 2, integrity: 'ok' })
  })

  it.each([
    ['a step that fails', 'CREATE TABLE extra (x); INSERT INTO none VALUES (1)'],
    ['rows left that refer to none', 'DELETE FROM embedding_models'],
  ])('leaves the old version after %s', async (_, step) => {
    const path = await fixture()
    const before = dumpFile(path)
    const steps = [...withSecondVersion, step]
    withFile(path, (connection) => expect(codeOf(() => migrate(connection, path, steps))).toBeDefined())
    expect(dumpFile(path)).toEqual(before)
  })

  it('is asked for by whoever can only read: OLDER_SCHEMA; what is newer stays as it is: NEWER_SCHEMA', async () => {
    const path = await fixture()
    withFile(path, (connection) => {
      expect(codeOf(() => assertCurrent(connection, path, 2))).toBe('OLDER_SCHEMA')
      migrate(connection, path, withSecondVersion)
      expect(codeOf(() => assertCurrent(connection, path, 2))).toBeUndefined()
      expect(codeOf(() => assertCurrent(connection, path))).toBe('NEWER_SCHEMA')
      expect(codeOf(() => migrate(connection, path))).toBe('NEWER_SCHEMA')
    })
  })
})
