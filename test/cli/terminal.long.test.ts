import { execFile, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

const hasScript = await promisify(execFile)('script', ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
)

let db: string

beforeEach(async () => {
  db = join(await temporaryFolder(), 'chat.db')
  await using database = await openDatabase(db)
  await database.addMessages([message('1', { timestamp: 0 }), message('2', { userId: 'bob' })])
})

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Runs a command on a terminal of its own, which `script` makes; `answer` is typed when it asks. */
async function onTerminal(
  args: readonly string[],
  {
    asked = /never/,
    answer = '',
    env = {},
  }: { asked?: RegExp; answer?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ exitCode: number | null; shown: string }> {
  const words = [process.execPath, resolve('dist/cli/index.js'), ...args, '--db', db]
  const child = spawn('script', ['-qec', words.map(quote).join(' '), '/dev/null'], {
    // What runs the tests may say `CI`, and Node takes no terminal there for one with colours.
    env: {
      ...process.env,
      TERM: 'xterm-256color',
      CI: undefined,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      ...env,
    },
  })
  let shown = ''
  let isAnswered = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    if (isAnswered || !asked.test(shown)) return
    isAnswered = true
    child.stdin.write(answer)
  })
  const exitCode = await new Promise<number | null>((done) => child.once('close', done))
  return { exitCode, shown }
}

async function countLeft(): Promise<number> {
  await using database = await openDatabase(db, { readOnly: true })
  return database.countMessages()
}

describe.skipIf(!hasScript)('what can not be undone', () => {
  const forget = (answer: string) =>
    onTerminal(['forget', 'ada'], { asked: /Forget 'ada' and 1 message for ever\? \[y\/N\]/, answer })

  it('is done when you say yes', async () => {
    const { exitCode, shown } = await forget('y\r')
    expect(shown).toMatch(/Forgot ada: 1 message,/)
    expect(exitCode).toBe(0)
    expect(await countLeft()).toBe(1)
  })

  it.each([
    ['no', 'n\r', 1],
    ['nothing', '\r', 1],
    ['Ctrl-D', '\u0004', 1],
    ['Ctrl-C', '\u0003', 130],
  ])('is not when you say %s', async (_, answer, code) => {
    const { exitCode, shown } = await forget(answer)
    expect(shown).toMatch(/Nothing was done/)
    expect(exitCode).toBe(code)
    expect(await countLeft()).toBe(2)
  })

  it('retain says how many they are before it asks', async () => {
    const asked = /Delete 2 messages from before [^?]+ for ever\? \[y\/N\]/
    const { exitCode } = await onTerminal(['retain', '--older-than', '1d'], { asked, answer: 'yes\r' })
    expect(exitCode).toBe(0)
    expect(await countLeft()).toBe(0)
  })
})

describe.skipIf(!hasScript)('colours', () => {
  it('are there on a terminal, a user having the same in each line, and not with NO_COLOR', async () => {
    const args = ['messages', 'general', '--follow', '--limit', '2']
    const coloured = await onTerminal(args, { asked: /hello[^]*hello/, answer: '\u0003' })
    expect(coloured.exitCode).toBe(130)
    const colorOf = (name: string) => new RegExp(`\u001b\\[(3\\d)m${name}`).exec(coloured.shown)?.[1]
    expect(colorOf('ada')).toBeDefined()
    expect(colorOf('bob')).toBeDefined()
    const plain = await onTerminal(['messages', 'general'], { env: { NO_COLOR: '1' } })
    expect(plain.shown).toContain('hello')
    expect(plain.shown).not.toContain('\u001b[')
  })
})
