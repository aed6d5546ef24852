import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { runCli, startCli } from './run-cli.js'

let folder: string
let path: string
const ids = ['1', '2', '3', '4', '5']

// So long are the texts that a page ends with the third.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  path = join(folder, 'chat.db')
  await using db = await openDatabase(path, { readers: 1 })
  const content = `kettle ${'x'.repeat(3_000_000)}`
  for (const id of ids) await db.storeMessage(message(id, { timestamp: Number(id), content }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const idsOf = (ndjson: string): string[] =>
  [...ndjson.matchAll(/"messageId":"(\d)"/g)].map(([, id = '']) => id)

describe('--limit is any number, also where a page ends early', () => {
  it.each([['relevance'], ['time']])('of convodb search, by %s', async (order) => {
    const search = (limit: string) =>
      runCli(['search', 'kettle', '--order', order, '--limit', limit, '--json', '--db', path])
    expect(idsOf((await search('100000')).stdout)).toEqual(ids.toReversed())
    expect(idsOf((await search('4')).stdout)).toEqual(['5', '4', '3', '2'])
  })

  it('of convodb messages --follow', async () => {
    const follow = ['messages', 'general', '--follow', '--limit', '4', '--json', '--db', path]
    const cli = startCli(follow)
    await cli.prints(/"messageId":"5".*\n/)
    cli.kill('SIGINT')
    expect(idsOf((await cli.result).stdout)).toEqual(['2', '3', '4', '5'])
  })
})
