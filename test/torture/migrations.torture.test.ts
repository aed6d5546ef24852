import { expect, it } from 'vitest'
import { dumpFile } from '../support/dump.js'
import { expectOpensHere, forEachNumber, prepareDeaths } from '../support/migration-deaths.js'
import { reportFigures } from './support/figures.js'

it('a crash at any statement of a migration leaves the old version intact', async () => {
  const { before, statements, die } = await prepareDeaths()
  const changed: number[] = []
  await forEachNumber(1, statements, async (dieBefore) => {
    const path = await die(dieBefore)
    const after = dumpFile(path)
    if (after.rows !== before.rows || after.version !== 1 || after.integrity !== 'ok') changed.push(dieBefore)
    expectOpensHere(path)
  })
  reportFigures('migration', { crashes: statements - 1, 'not intact': changed.length })
  expect(changed).toEqual([])
  // BEGIN, the texts of the second version, the version's number and COMMIT: fewer would mean that they were not counted.
  expect(statements).toBeGreaterThan(15)
})

it('without its transaction most crashes would leave a file half migrated', async () => {
  const { before, statements, die } = await prepareDeaths()
  let halfMigrated = 0
  // Two statements less, and the last three set the version.
  await forEachNumber(1, statements - 3, async (dieBefore) => {
    const { version, rows } = dumpFile(await die(dieBefore, true))
    if (version === before.version && rows !== before.rows) halfMigrated += 1
  })
  reportFigures('migration without a transaction', { crashes: statements - 4, 'half migrated': halfMigrated })
  expect(halfMigrated).toBeGreaterThan(statements / 3)
})
