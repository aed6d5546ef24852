import { chmod, link, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { ofKind } from '../../src/cli/doctor/folder.js'
import { message, temporaryFolder } from '../support/databases.js'
import { startTestServer } from '../support/server.js'
import { runCli, startCli } from './run-cli.js'

interface Finding {
  readonly check: string
  readonly status: string
  readonly message: string
  readonly advice: string | null
}

let folder: string
let path: string

beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'chat.db')
  await using db = await openDatabase(path)
  await db.storeMessage(message('1', { content: 'x'.repeat(100_000) }))
})

/** Looks, and makes sure that nothing is changed by looking. */
async function examine(db = path): Promise<{ exitCode: number | null; findings: Finding[] }> {
  const before = await snapshot()
  const { stdout, stderr, exitCode } = await runCli(['doctor', '--json', '--db', db])
  expect(stderr).toBe('')
  expect(await snapshot()).toEqual(before)
  return {
    exitCode,
    findings: stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

async function snapshot(): Promise<unknown> {
  const names = (await readdir(folder)).toSorted()
  return Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mtimeMs]))
}

const failures = (findings: readonly Finding[]): string[] =>
  findings.filter(({ status }) => status === 'fail').map(({ check }) => check)

describe('convodb doctor', () => {
  it('finds a database well, and says what it looked at', async () => {
    const { exitCode, findings } = await examine()
    expect(failures(findings)).toEqual([])
    expect(exitCode).toBe(0)
    expect([...new Set(findings.map(({ check }) => check))]).toEqual(
      expect.arrayContaining([
        'node',
        'sqlite',
        'file',
        'rights',
        'schema',
        'owner',
        'log',
        'folder',
        'disk',
      ]),
    )
    const { stdout } = await runCli(['doctor', '--db', path])
    expect(stdout).toMatch(/^ok {4}sqlite +SQLite 3\.\d+\.\d+, schema version \d+$/m)
  })

  it('one that is missing, and a folder that is', async () => {
    const missing = await examine(join(folder, 'nowhere', 'chat.db'))
    expect(failures(missing.findings)).toEqual(['file', 'folder'])
    expect(missing.exitCode).toBe(1)
    expect(failures((await examine(folder)).findings)).toEqual(['file'])
  })

  it("another program's, one that is no database, an empty one", async () => {
    const text = join(folder, 'notes.txt')
    await writeFile(text, 'Dear diary, '.repeat(100))
    expect((await examine(text)).findings).toContainEqual(
      expect.objectContaining({
        check: 'file',
        status: 'fail',
        message: expect.stringMatching(/no database/),
      }),
    )
    const header = await readFile(path)
    header.writeUInt32BE(7, 68)
    const other = join(folder, 'other.db')
    await writeFile(other, header)
    expect(failures((await examine(other)).findings)).toEqual(['schema'])
    const empty = join(folder, 'empty.db')
    await writeFile(empty, '')
    expect((await examine(empty)).exitCode).toBe(0)
  })

  it('one of a newer version, and one that was cut', async () => {
    const bytes = await readFile(path)
    bytes.writeUInt32BE(99, 60)
    const newer = join(folder, 'newer.db')
    await writeFile(newer, bytes)
    expect((await examine(newer)).findings).toContainEqual(
      expect.objectContaining({ check: 'schema', status: 'fail', advice: 'upgrade convodb' }),
    )
    await truncate(path, Math.floor(bytes.length / 2 / 4096) * 4096)
    expect(failures((await examine()).findings)).toEqual(['length'])
  })

  it('one in use: by whom, and that its owner is not disturbed', async () => {
    const cli = startCli(['serve', '--port', '0', '--db', path])
    await cli.says(/Listening/)
    const { stdout, exitCode } = await runCli(['doctor', '--json', '--db', path])
    expect(exitCode).toBe(0)
    const owner = stdout.split('\n').find((line) => line.includes('"owner"'))
    expect(owner).toMatch(/process \d+ \([^)]+\) has it open for writing/)
    cli.kill('SIGTERM')
    await cli.result
  })

  it('what stands beside it that should not, a second name, and others who may read', async () => {
    await symlink('/etc/passwd', `${path}-wal`)
    await chmod(path, 0o644)
    await link(path, join(folder, 'second.db'))
    const { findings } = await examine()
    expect(failures(findings).toSorted()).toEqual(['beside', 'file'])
    expect(findings).toContainEqual(expect.objectContaining({ check: 'rights', status: 'warn' }))
  })

  it('an owner that was killed', async () => {
    await writeFile(`${path}-owner`, `${2 ** 22 + 1}`.padEnd(32))
    expect((await examine()).findings).toContainEqual(
      expect.objectContaining({
        check: 'owner',
        message: expect.stringMatching(/is gone without closing it/),
      }),
    )
    // What is no file is not opened: a pipe would keep it waiting for ever.
    await mkdir(`${path}-journal`)
    expect(failures((await examine()).findings)).toEqual(['beside'])
  })

  it('names do not steer the terminal', async () => {
    const { stdout } = await runCli(['doctor', '--db', join(folder, 'a\u001b[2J\nb')])
    expect(stdout).toContain('a\\u001b[2J\\nb does not exist')
  })

  it('a limit of open files that is too low', async () => {
    const command = 'ulimit -n 60 && exec "$0" "$@"'
    const cli = startCli(
      ['doctor', '--json', '--db', path],
      ['sh', '-c', command, process.execPath, 'dist/cli/index.js'],
    )
    const { stdout, exitCode } = await cli.result
    expect(stdout).toMatch(/"check":"limits","status":"fail","message":"only 60 open files"/)
    expect(exitCode).toBe(1)
  })

  it('a server: that it answers, and that it does not', async () => {
    const server = await startTestServer()
    const ask = (url: string, key: string) => runCli(['doctor', '--url', url, '--api-key', key])
    try {
      expect((await ask(server.url, server.apiKey)).stdout).toMatch(
        /^ok {4}server +http.* answers in \d+ ms$/m,
      )
      const refused = await ask(server.url, 'cdb_wrong')
      expect(refused.stdout).toMatch(/^fail {2}server .*\(UNAUTHORIZED\); make a key/m)
      expect(refused.exitCode).toBe(1)
    } finally {
      await server.close()
    }
    expect((await ask(server.url, server.apiKey)).stdout).toMatch(/^fail {2}server .*\(UNREACHABLE\)/m)
  })

  it('knows file systems on which a database is not safe', () => {
    expect(ofKind(0x6969)).toMatchObject({ status: 'fail', message: expect.stringMatching(/^NFS/) })
    expect(ofKind(0xff534d42)).toMatchObject({ status: 'fail' })
    expect(ofKind(0x01021994)).toMatchObject({ status: 'warn', message: expect.stringMatching(/^tmpfs/) })
    expect(ofKind(0xef53)).toMatchObject({ status: 'ok', message: 'ext4' })
  })
})
