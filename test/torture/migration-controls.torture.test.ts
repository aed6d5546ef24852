import { describe, expect, it } from 'vitest'
import { migrations } from '../../src/workers/schema/index.js'
import { dumpFile } from '../support/dump.js'
import { expectMigratesWithThreads, forEachNumber, prepareDeaths } from '../support/migration-deaths.js'

/** Of the statements; all of them have their turn in test/torture/migrations.torture.test.ts. */
const step = 23

describe.each([1, 2] as const)(
  'a process that dies while it migrates a file of schema version %d',
  (version) => {
    it('leaves the old version with every row, which the next opening migrates', async () => {
      const { before, statements, die } = await prepareDeaths(version)
      expect(before).toMatchObject({ version, integrity: 'ok' })
      await forEachNumber(step, statements, async (dieBefore) => {
        const path = await die(dieBefore)
        expect(dumpFile(path), `before statement ${dieBefore}`).toEqual(before)
        await expectMigratesWithThreads(path)
      })
    })
  },
)

it('leaves the new version once it has committed', async () => {
  const { statements, die } = await prepareDeaths(2)
  const path = await die(statements)
  expect(dumpFile(path)).toMatchObject({ version: migrations.length, integrity: 'ok' })
  await expectMigratesWithThreads(path)
})

it('would leave a file half migrated, were it not for the transaction', async () => {
  const { before, die } = await prepareDeaths(2)
  const { version, rows } = dumpFile(await die(20, true))
  expect(version).toBe(before.version)
  expect(rows).not.toBe(before.rows)
})
