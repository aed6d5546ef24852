import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { startCli, toNdjson } from './run-cli.js'

let db: string

beforeEach(async () => {
  db = join(await temporaryFolder(), 'chat.db')
})

const rows = (from: number, count: number) =>
  toNdjson(
    Array.from({ length: count }, (_, index) => message(`m${from + index}`, { timestamp: from + index })),
  )

function* endlessRows(): Generator<string> {
  for (let from = 0; ; from += 1000) yield rows(from, 1000)
}

describe('an import that is told to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: what was read goes in, and the exit code is %d', async (signal, exitCode) => {
    const cli = startCli(['import', '-', '--db', db])
    // The input stays open: without the signal this import would wait for ever.
    cli.stdin.write(rows(0, 2500))
    await cli.says(/[\d,]+ rows?/)
    cli.kill(signal)
    const result = await cli.result
    expect(result.exitCode).toBe(exitCode)
    expect(result.stderr).toContain('safe to run the same import again')
    // Neither a log nor a lock: the next import finds the file free.
    expect(await readdir(dirname(db))).toEqual(['chat.db'])
    const inserted = /messages: +([\d,]+) inserted/.exec(result.stdout)?.[1]?.replace(',', '')
    await using database = await openDatabase(db, { create: false })
    expect(await database.countMessages()).toBe(Number(inserted))
    expect(await database.getChannel('general')).toMatchObject({ messageCount: Number(inserted) })
    expect(await database.withConnection((connection) => connection.get('PRAGMA integrity_check'))).toEqual({
      integrity_check: 'ok',
    })
  })

  it('leaves a prefix of the file, under a stream that does not end', async () => {
    const cli = startCli(['import', '-', '--db', db])
    // Written as fast as it is read, until the import closes its end.
    const feeding = pipeline(Readable.from(endlessRows()), cli.stdin).catch((error: unknown) => error)
    await cli.says(/[\d,]+ rows?/)
    cli.kill('SIGINT')
    expect((await cli.result).exitCode).toBe(130)
    expect(await feeding).toMatchObject({ code: 'EPIPE' })
    await using database = await openDatabase(db, { create: false })
    const count = await database.countMessages()
    expect(count).toBeGreaterThan(0)
    const ids: string[] = []
    const pages = database.iterateMessages({ channelId: 'general', order: 'asc', limit: 5000 })
    for await (const { messageId } of pages) ids.push(messageId)
    expect(ids).toEqual(Array.from({ length: count }, (_, index) => `m${index}`))
  })
})
