import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { runCli } from './run-cli.js'

describe('the command line', () => {
  it.each([
    [['import'], /give a FILE to import/],
    [['import', '--db', 'chat.db'], /give a FILE to import/],
    [['import', '-', '--segments', '-', '--db', 'chat.db'], /- can be given once only/],
    [['import', 'chat.ndjson', '--db', 'chat.db', '--fast'], /unknown option '--fast'/],
    [['export'], /give --db <file> or --url <server>/],
    [['export', '--db', 'chat.db', '--kind', 'users'], /Allowed choices are messages, channels, segments/],
    [['stats', 'extra', '--db', 'chat.db'], /too many arguments/],
    [['messages', '--db', 'chat.db'], /missing required argument 'channel'/],
    [['messages', 'general', '--db', 'chat.db', '--limit', '0'], /whole number from 1 to 10000/],
    [['messages', 'general', '--db', 'chat.db', '--before', 'noon'], /ISO 8601/],
    [['segment'], /give --db <file> or --url <server>/],
    [['segment', '--db', 'chat.db', '--strategy', 'best'], /Allowed choices are gap, replies, conversations/],
    [['segment', '--db', 'chat.db', '--strategy', 'gap', '--minutes', '0'], /greater than 0/],
    [['segment', '--db', 'chat.db', '--minutes', '5'], /--minutes is of --strategy gap/],
    [['embed', '--db', 'chat.db', '--model', 'm'], /required option '--command/],
    [['embed', '--db', 'c.db', '--model', 'm', '--command', 'cat', '--batch-size', '0'], /from 1 to 1000/],
    [['nonsense'], /unknown command 'nonsense'/],
  ])('%j is wrong usage: exit code 2', async (args, reason) => {
    const { exitCode, stderr } = await runCli(args)
    expect(stderr).toMatch(reason)
    expect(stderr).toMatch(/^convodb: /)
    expect(exitCode).toBe(2)
  })

  it('--version is that of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('--help names the commands, and each explains itself', async () => {
    const { exitCode, stdout } = await runCli(['--help'])
    expect(exitCode).toBe(0)
    for (const command of ['import', 'export', 'stats', 'messages', 'segment', 'embed']) {
      expect(stdout).toContain(`  ${command} `)
      const help = await runCli([command, '--help'])
      expect(help.exitCode).toBe(0)
      expect(help.stdout).toContain('--db <file')
    }
  })
})
