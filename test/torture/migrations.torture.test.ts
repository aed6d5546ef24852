import { expect, it } from 'vitest'
import { dumpFile } from '../support/dump.js'
import { expectMigratesHere, forEachNumber, prepareDeaths } from '../support/migration-deaths.js'
import { reportFigures } from './support/figures.js'

it.each([1, 2] as const)(
  'a crash at any statement of the migration from schema version %d leaves the old version intact',
  async (version) => {
    const { before, statements, die } = await prepareDeaths(version)
    const changed: number[] = []
    await forEachNumber(1, statements, async (dieBefore) => {
      const path = await die(dieBefore)
      const after = dumpFile(path)
      if (after.rows !== before.rows || after.version !== version || after.integrity !== 'ok') {
        changed.push(dieBefore)
      }
      expectMigratesHere(path)
    })
    reportFigures(`migration from version ${version}`, {
      crashes: statements - 1,
      'not intact': changed.length,
    })
    expect(changed).toEqual([])
    // BEGIN, the texts of the versions, the version's number and COMMIT: fewer would mean that they were not counted.
    expect(statements).toBeGreaterThan(version === 1 ? 50 : 35)
  },
)

it('without its transaction most crashes would leave a file half migrated', async () => {
  const { before, statements, die } = await prepareDeaths(2)
  let halfMigrated = 0
  // Every other one of them is enough. Two statements less, and the last three set the version.
  await forEachNumber(2, statements - 3, async (dieBefore) => {
    const { version, rows } = dumpFile(await die(dieBefore, true))
    if (version === before.version && rows !== before.rows) halfMigrated += 1
  })
  reportFigures('migration without a transaction', {
    crashes: Math.floor((statements - 4) / 2),
    'half migrated': halfMigrated,
  })
  expect(halfMigrated).toBeGreaterThan(statements / 4)
})
