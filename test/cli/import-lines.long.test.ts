import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { runCli, toNdjson } from './run-cli.js'

const inFolder = async (name: string): Promise<string> => join(await temporaryFolder(), name)
const line = (messageId: string, fields: object = {}) => ({
  ...message(messageId, { channelId: 'c' }),
  ...fields,
})

describe('the lines of an import', () => {
  it('keep their order beside a line that is refused: of two with one id the later wins', async () => {
    const db = await inFolder('chat.db')
    const before = await openDatabase(db)
    await before.createSegmentWithMessages({
      segmentId: 's',
      channelId: 'other',
      startTime: 0,
      endTime: 9,
      messages: [],
    })
    await before.storeMessage(message('member', { channelId: 'other' }))
    await before.addMessagesToSegment({ segmentId: 's', messages: ['member'] })
    await before.close()
    const rows = [
      ...Array.from({ length: 998 }, (_, n) => line(`a${n}`)),
      line('member'),
      line('edited', { content: 'first' }),
      line('edited', { content: 'second' }),
      ...Array.from({ length: 2_000 }, (_, n) => line(`b${n}`)),
    ]
    const { exitCode, stderr } = await runCli(['import', '-', '--db', db], toNdjson(rows))
    expect(exitCode).toBe(1)
    expect(stderr).toContain('standard input:999: ')
    const after = await temporaryDatabase({}, db)
    expect(await after.getMessagesByIds(['edited'])).toMatchObject([{ content: 'second' }])
    const { items } = await after.getMessages({ channelId: 'c', order: 'asc', limit: 3 })
    expect(items.map(({ messageId }) => messageId)).toEqual(['a0', 'a1', 'a2'])
  })

  it('of a forgotten user are counted as such, and are not bad', async () => {
    const db = await inFolder('chat.db')
    const before = await openDatabase(db)
    await before.forgetUser('gone')
    await before.close()
    const rows = [line('1', { userId: 'gone' }), line('2'), line('3', { userId: 'gone' })]
    const { exitCode, stdout } = await runCli(['import', '-', '--db', db], toNdjson(rows))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('messages:  1 inserted, 0 updated')
    expect(stdout).toContain('ignored:   2, whose users were forgotten on request')
  })

  it('whose numbers look like seconds are warned about once, and read as seconds when told to', async () => {
    const db = await inFolder('chat.db')
    const rows = toNdjson([1, 2, 3].map((n) => line(String(n), { timestamp: 1_700_000_000 + n })))
    const warned = await runCli(['import', '-', '--db', db], rows)
    expect(warned.stderr.match(/--times seconds/g)).toHaveLength(1)
    const told = await runCli(['import', '-', '--db', db, '--times', 'seconds'], rows)
    expect(told.stderr).not.toContain('--times seconds')
    const after = await temporaryDatabase({}, db)
    expect(await after.getMessagesByIds(['1'])).toMatchObject([{ timestamp: new Date(1_700_000_001_000) }])
  })

  it('keep every digit of long numbers in fields that are not known', async () => {
    const db = await inFolder('chat.db')
    const row = `${JSON.stringify(line('1')).slice(0, -1)},"snowflake":12345678901234567890,"near":9007199254740991}\n`
    expect(await runCli(['import', '-', '--db', db], row)).toMatchObject({ exitCode: 0 })
    const after = await temporaryDatabase({}, db)
    expect(await after.getMessagesByIds(['1'])).toMatchObject([
      { metadata: { snowflake: '12345678901234567890', near: 9_007_199_254_740_991 } },
    ])
  })

  it('make no database when all of them are refused', async () => {
    const db = await inFolder('chat.db')
    expect(await runCli(['import', '-', '--db', db], 'nonsense\n{}\n')).toMatchObject({ exitCode: 1 })
    expect(existsSync(db)).toBe(false)
  })
})

describe('an export', () => {
  it('into a file is its user’s alone', async () => {
    const folder = await temporaryFolder()
    const [db, out] = [join(folder, 'chat.db'), join(folder, 'out.ndjson')]
    await writeFile(join(folder, 'in.ndjson'), toNdjson([line('1')]))
    await runCli(['import', join(folder, 'in.ndjson'), '--db', db])
    expect(await runCli(['export', '--db', db, '--out', out])).toMatchObject({ exitCode: 0 })
    expect(statSync(out).mode & 0o777).toBe(0o600)
  })

  it.runIf(existsSync('/dev/full'))('to a full disk says so in one line', async () => {
    const db = await inFolder('chat.db')
    await runCli(['import', '-', '--db', db], toNdjson([line('1')]))
    const command = 'exec "$0" dist/cli/index.js export --db "$1" > /dev/full'
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, db], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr.trim()).toMatch(/^convodb: standard output: ENOSPC.*$/)
  })
})
