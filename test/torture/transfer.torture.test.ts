import { join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { maxItems, maxTextLength } from '../../src/protocol/limits.js'
import { transfer } from '../cli/run-cli.js'
import { expectEqualContent } from '../support/content-of.js'
import { makeDatabaseAtLimits } from '../support/database-at-limits.js'
import { message, temporaryFolder } from '../support/databases.js'

it('a database at every limit goes out and in again: the longest lines, more members than a call takes, more than a string', async () => {
  const folder = await temporaryFolder()
  const [original, copy] = [join(folder, 'original.db'), join(folder, 'copy.db')]
  // As JSON six characters each.
  const longest = '\u0001'.repeat(maxTextLength)
  await makeDatabaseAtLimits(original, { content: longest, summary: longest, memberCount: maxItems + 1 })
  const db = await openDatabase(original)
  // All of them are longer than a JavaScript string may be.
  for (let n = 0; n < 6; n += 1) {
    await db.storeMessage(message(`long ${n}`, { content: 'long'.repeat(maxTextLength / 4) }))
  }
  await db.close()
  const result = await transfer(original, copy)
  expect(result, result.stderr).toMatchObject({ exitCode: 0 })
  expectEqualContent(original, copy)
  expect(await verifyDatabase(copy)).toMatchObject({ isOk: true })
})
