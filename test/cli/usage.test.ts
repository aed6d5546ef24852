import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { commands, loadAllCommands } from '../../src/cli/commands.js'
import { runCli } from './run-cli.js'

const once = (command: string, option: string): [args: string[], reason: RegExp] => [
  [command, option, 'a', option, 'b', '--db', 'c.db'],
  new RegExp(`'${option} <id>' argument 'b' is invalid. It can be given once`),
]

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
    // As milliseconds both are of 1970, which nobody means who writes a year or a day.
    ...['2026', '20260101'].map((day): [args: string[], reason: RegExp] => [
      ['export', '--db', 'chat.db', '--since', day],
      /write 2026-01-01/,
    ]),
    [['segment'], /give --db <file> or --url <server>/],
    [['segment', '--db', 'chat.db', '--strategy', 'best'], /Allowed choices are gap, replies, conversations/],
    [['segment', '--db', 'chat.db', '--strategy', 'gap', '--minutes', '0'], /greater than 0/],
    [['segment', '--db', 'chat.db', '--minutes', '5'], /--minutes is of --strategy gap/],
    [['embed', '--db', 'chat.db', '--model', 'm'], /required option '--command/],
    [['embed', '--db', 'c.db', '--model', 'm', '--command', 'cat', '--batch-size', '0'], /from 1 to 1000/],
    [['users', 'a', '--user', 'b', '--db', 'c.db'], /either a name or --user/],
    [['forget', 'ada', '--db', 'c.db'], /there is no terminal to ask on: give --yes/],
    [['retain', '--db', 'c.db'], /required option '--older-than/],
    [['retain', '--db', 'c.db', '--older-than', '2999-01-01'], /time to come/],
    [['retain', '--db', 'c.db', '--older-than', '5'], /Say the unit/],
    [['stats\u001B]0;x\u0007'], /unknown command 'stats\\u001b\]0;x\\u0007'/],
    [['events', '--db', 'c.db', '--since', '1'], /unknown option '--since'/],
    // Elsewhere it may be given several times: that only the last one counts would not be seen.
    ...['retain', 'events', 'export'].map((command) => once(command, '--channel')),
    ...['users', 'search', 'recall'].map((command) => once(command, '--user')),
    [['move', '--from', 'http://localhost', '--to', 'c.db'], /must be a file or postgres/],
    [['move', '--from', 'c.db', '--to', 'https://localhost'], /must be a file or postgres/],
    [['move', '--from', '', '--to', 'c.db'], /It is empty/],
    [['move', '--from', ':memory:', '--to', 'c.db'], /':memory:' is gone when this command ends/],
    [['move', '--from', 'c.db', '--to', ':memory:'], /':memory:' is gone when this command ends/],
    // It would have nothing in it, and leave nothing.
    ...[['forget', 'ada', '--yes'], ['stats'], ['import', '-'], ['restore', 'c.db'], ['keys', 'list']].map(
      (args): [args: string[], reason: RegExp] => [
        [...args, '--db', ':memory:'],
        /':memory:' is gone when this command ends; give it a file/,
      ],
    ),
    [['serve'], /^convodb: required option '--db <file or URL>' not specified\n$/],
    [
      ['serve', '--db', 'http://localhost'],
      /--db is for files and postgres:\/\/; http:\/\/localhost is a server's/,
    ],
    [['doctor'], /give --db <file> or --url <server>/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
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

  it('--help names every command, without loading any', async () => {
    const { exitCode, stdout } = await runCli(['--help'])
    expect(exitCode).toBe(0)
    for (const [name, { summary }] of Object.entries(commands)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 20)}`, 'm'))
    }
  })

  it('each explains itself, with an example of its own', async () => {
    for (const command of await loadAllCommands()) {
      const name = command.name()
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      expect(help).toMatch(new RegExp(`^  \\$ .*convodb ${name}`, 'm'))
    }
    expect((await runCli(['help', 'stats'])).stdout).toBe((await runCli(['stats', '--help'])).stdout)
  })

  it('each has --json, but those whose output has a form of its own; and none has another name for the same', async () => {
    const ownForm = new Set(['export', 'serve', 'completion'])
    const all = (await loadAllCommands()).flatMap((command) =>
      command.commands.length > 0 ? command.commands : [command],
    )
    for (const command of all) {
      const flags = command.options.map(({ long }) => long)
      if (!ownForm.has(command.name())) expect([command.name(), ...flags]).toContain('--json')
      for (const other of [
        '--database',
        '--file',
        '--count',
        '--channel-id',
        '--user-id',
        '--since',
        '--until',
      ]) {
        if (command.name() !== 'export') expect(flags).not.toContain(other)
      }
    }
  })
})
