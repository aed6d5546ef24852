import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { segmentsOf } from '../support/segments.js'
import { runCli, startCli } from './run-cli.js'

let path: string

beforeEach(async () => {
  path = join(await temporaryFolder(), 'chat.db')
  await using db = await openDatabase(path)
  await db.addMessages([0, 1, 2].map((n) => message(`g${n}`, { timestamp: n * 400_000 })))
  await db.addMessages([0, 1].map((n) => message(`o${n}`, { channelId: 'other', timestamp: n })))
})

const segment = (...args: string[]) => runCli(['segment', ...args, '--db', path])

describe('convodb segment', () => {
  it('divides all channels, tells what it did, and has nothing to do a second time', async () => {
    const { exitCode, stdout, stderr } = await segment('--strategy', 'gap', '--minutes', '5')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('5 messages looked at, 5 of them in segments; 4 new segments\n')
    expect(stderr).toMatch(/^general \| 3 messages, /)
    const again = await segment('--strategy', 'gap', '--minutes', '5', '--json')
    expect(JSON.parse(again.stdout)).toEqual({ messages: 0, members: 0, segments: 0 })
    await using db = await openDatabase(path)
    expect(await segmentsOf(db, 'general')).toEqual([['g0'], ['g1'], ['g2']])
    expect(await segmentsOf(db, 'other')).toEqual([['o0', 'o1']])
  })

  it('divides the channels that are named, by conversations if nothing else is said', async () => {
    expect((await segment('other')).exitCode).toBe(0)
    await using db = await openDatabase(path)
    expect(await segmentsOf(db, 'other', 'conversations:')).toEqual([['o0', 'o1']])
    expect(await segmentsOf(db, 'general')).toEqual([])
  })

  it('an unknown channel and a missing database are errors', async () => {
    expect(await segment('nowhere')).toMatchObject({
      exitCode: 1,
      stderr: "convodb: There is no channel 'nowhere' (NOT_FOUND)\n",
    })
    const { exitCode } = await runCli(['segment', '--db', `${path}.none`])
    expect(exitCode).toBe(1)
  })

  it('told to stop, it ends between two steps; run again it goes on', async () => {
    {
      await using db = await openDatabase(path)
      await db.addMessages(
        Array.from({ length: 30_000 }, (_, n) => message(`m${n}`, { timestamp: 2_000_000 + n })),
      )
    }
    const cli = startCli(['segment', 'general', '--db', path])
    await cli.says(/general \| /)
    cli.kill('SIGINT')
    expect(await cli.result).toMatchObject({ exitCode: 130, stdout: '' })
    const { messages } = JSON.parse((await segment('general', '--json')).stdout)
    expect(messages).toBeGreaterThan(0)
    expect(messages).toBeLessThan(30_003)
    await using db = await openDatabase(path)
    expect((await segmentsOf(db, 'general')).flat()).toHaveLength(30_003)
  })
})
