import { expect, it } from 'vitest'
import { dumpFile } from '../support/dump.js'
import { expectOpensWithThreads, forEachNumber, prepareDeaths } from '../support/migration-deaths.js'

/** Of the statements; all of them have their turn in test/torture/migrations.torture.test.ts. */
const step = 5

it('a process that dies while it migrates leaves the old version with every row', async () => {
  const { before, statements, die } = await prepareDeaths()
  expect(before).toMatchObject({ version: 1, integrity: 'ok' })
  await forEachNumber(step, statements, async (dieBefore) => {
    const path = await die(dieBefore)
    expect(dumpFile(path), `before statement ${dieBefore}`).toEqual(before)
    await expectOpensWithThreads(path)
  })
})

it('leaves the new version once it has committed', async () => {
  const { statements, die } = await prepareDeaths()
  expect(dumpFile(await die(statements))).toMatchObject({ version: 2, integrity: 'ok' })
})
