import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { message } from '../support/databases.js'
import { untilWordsArePaged } from '../support/pages-of-words.js'

let folder: string
/** With as many messages as have their words indexed together. */
let fullBlock: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  fullBlock = join(folder, 'full-block.db')
  const db = await openDatabase(fullBlock, { readers: 1 })
  await db.addMessages(
    Array.from({ length: 8_200 }, (_, n) => message(`m${n}`, { content: `tea ${n % 100}` })),
  )
  await untilWordsArePaged(db)
  await db.close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('damage of the index of words is found and named', () => {
  it.each([
    ['words', 'message_words', "UPDATE messages SET content = 'other' WHERE message_key = 12"],
    [
      'words',
      'message_words',
      'DELETE FROM message_words WHERE page_key = (SELECT min(page_key) FROM message_words)',
    ],
    ['words', 'message_words', "UPDATE message_words SET words = x'0161'"],
    ['words', 'message_words', "INSERT INTO message_words VALUES (999999, x'0161010201', 0)"],
    ['words', 'message_blocks', 'UPDATE message_blocks SET words = words + 1'],
    ['words', 'message_blocks', 'UPDATE message_blocks SET latest = 0'],
    ['words', 'message_blocks', 'DELETE FROM message_blocks'],
    ['checksums', 'message_words', 'UPDATE message_words SET checksum = checksum + 1'],
  ])('%s, %s, of a full block: %s', async (check, table, sql) => {
    const { isOk, problems } = await verifyDatabase(await damagedCopy(fullBlock, sql))
    expect(isOk).toBe(false)
    expect(problems).toContainEqual(expect.objectContaining({ check, table }))
  })

  it('and a good file is ok', async () => {
    expect(await verifyDatabase(await damagedCopy(fullBlock, ''))).toMatchObject({ isOk: true, problems: [] })
  })
})
