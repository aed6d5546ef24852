import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands, loadAllCommands } from '../../src/cli/commands.js'
import { exitCodes } from '../../src/cli/exit-codes.js'
import { runCli } from './run-cli.js'

const run = promisify(execFile)

async function isThere(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  )
}

const hasZsh = await isThere('zsh')
const hasFish = await isThere('fish')

/** What is offered behind a line, in each shell. */
const offers: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['convodb se', ['search', 'segment', 'segments', 'serve']],
  ['convodb messages --o', ['--order']],
  ['convodb messages general --order ', ['asc', 'desc']],
  ['convodb keys ', ['create', 'list', 'revoke']],
  ['convodb keys create --scope a', ['admin']],
  ['convodb completion ', ['bash', 'fish', 'zsh']],
  ['convodb help st', ['stats']],
  ['convodb stats --url ', []],
]

let folder: string
let scripts: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  const written = ['bash', 'zsh', 'fish'].map(async (shell) => {
    const { stdout, stderr } = await runCli(['completion', shell])
    expect(stderr).toBe('')
    const path = join(folder, shell)
    await writeFile(path, stdout)
    return [shell, path]
  })
  scripts = Object.fromEntries(await Promise.all(written))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('completion in bash', () => {
  const complete = async (line: string): Promise<string[]> => {
    const code = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _convodb; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['-c', code, scripts['bash'] ?? '', ...line.split(' ')])
    return stdout
      .split('\n')
      .filter((word) => word !== '' && word !== '--help')
      .toSorted()
  }

  it.each(offers)('%j', async (line, words) => {
    expect(await complete(line)).toEqual(words)
  })

  it('a value behind an equals sign, which bash takes for a word', async () => {
    expect(await complete('convodb messages general --order = d')).toEqual(['desc'])
    expect(await complete('convodb messages general --order =')).toEqual(['asc', 'desc'])
  })

  it('files are left to bash, and options stand beside them', async () => {
    expect(await complete('convodb stats --db ')).toEqual([])
    expect(await complete('convodb import ')).toEqual([])
    expect(await complete('convodb import --dr')).toEqual(['--dry-run'])
  })

  it('every command and option is known', async () => {
    expect(await complete('convodb ')).toEqual([...Object.keys(commands), 'help', '--version'].toSorted())
    for (const command of await loadAllCommands()) {
      const offered = await complete(`convodb ${command.name()} -`)
      if (command.commands.length > 0) continue
      const flags = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long)
      expect(offered).toEqual(flags.toSorted())
    }
  })
})

describe.skipIf(!hasFish)('completion in fish', () => {
  it('offers the same', async () => {
    for (const [line, words] of offers) {
      const code = `function convodb; end; source ${scripts['fish']}; complete -C '${line}'`
      const { stdout } = await run('fish', ['--no-config', '-c', code])
      const offered = stdout.split('\n').map((each) => each.replace(/\t.*/, ''))
      expect([line, offered.filter((word) => word !== '').toSorted()]).toEqual([line, words])
    }
  })
})

/**
 * In a terminal of its own, and what is offered goes into a file. It tells of a line when its editor has begun to read
 * one: what is typed before is read by the terminal, for which Ctrl-U takes back the words to complete as well.
 */
const zshTest = `
zmodload zsh/zpty
zpty z TERM=dumb zsh -f -i
zpty -w z "PS1='' PS2=''; LISTMAX=0; autoload -Uz compinit; compinit -D -u; source $1; convodb() { }; print READY-\\$((1+1))"
zpty -r -m z out '*READY-2*'
zpty -w z "compadd() { builtin compadd -O hits \\"\\$@\\"; print -rl -- \\$hits >> '$3'; builtin compadd \\"\\$@\\" }; zle-line-init() { print READY-\\$((1+2)) }; zle -N zle-line-init"
zpty -r -m z out '*READY-3*'
zpty -w -n z "$2"$'\\t'
zpty -w -n z $'\\x15'
zpty -w z "print READY-\\$((1+3))"
zpty -r -m z out '*READY-4*'
zpty -d z
`

describe.skipIf(!hasZsh)('completion in zsh', () => {
  it('offers the same', { timeout: 60_000 }, async () => {
    for (const [index, [line, words]] of offers.entries()) {
      const file = join(folder, `offered ${index}`)
      await writeFile(file, '')
      await run('zsh', ['-f', '-c', zshTest, 'zsh', scripts['zsh'] ?? '', line, file])
      const offered = new Set((await readFile(file, 'utf8')).split('\n').filter((word) => word !== ''))
      expect([line, [...offered].toSorted()]).toEqual([line, words])
    }
  })
})

describe('the manual', () => {
  it('tells of every command, option and exit code, and is what "npm run build" made', async () => {
    const manual = (await readFile('dist/convodb.1', 'utf8')).replaceAll('\\-', '-')
    const { version, man } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(man).toBe('./dist/convodb.1')
    expect(manual).toContain(`convodb ${version}`)
    for (const command of await loadAllCommands()) {
      expect(manual).toContain(`\n.SS convodb ${command.name()}`)
      for (const { long, hidden } of command.options) if (!hidden) expect(manual).toContain(`\\fB${long}`)
    }
    for (const [code] of exitCodes) expect(manual).toContain(`\\fB${code}\\fR`)
  })

  it('no line of it is taken for a request that is not there', async () => {
    const manual = await readFile('dist/convodb.1', 'utf8')
    const requests = manual.split('\n').filter((line) => /^[.']/.test(line))
    expect(new Set(requests.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['.TH', '.SH', '.SS', '.B', '.I', '.TP', '.PP', '.nf', '.fi']),
    )
  })
})

describe('exit codes', () => {
  it('are those of the documentation', async () => {
    const documented = await readFile('docs/command-line.md', 'utf8')
    const rows = [...documented.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
      Number(code),
      meaning,
    ])
    expect(rows).toEqual(exitCodes)
  })
})
