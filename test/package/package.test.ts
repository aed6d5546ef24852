import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { findNodeProblem } from '../../src/main/node-version.js'
import { temporaryFolder } from '../support/databases.js'
import { installCopy, remove, runThere } from './install.js'

it('a CommonJS program requires it, with its types', async () => {
  const program = resolve('build', 'test', 'package', 'commonjs-program.cjs')
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  expect(JSON.parse(stdout)).toEqual({ items: 1, code: 'INVALID_ARGUMENT' })
})

describe('an installation or a bundle that lacks something', () => {
  const openAndTell = `
    import { openDatabase, verifyDatabase } from 'convodb'
    const tell = (error) => error.code + ' ' + error.retryable + ' ' + error.message
    const db = await openDatabase('chat.db').catch((error) => error)
    console.log(db instanceof Error ? tell(db) : await db.verify().then(() => 'ok', tell))
    if (!(db instanceof Error)) await db.close()`

  it.each([
    ['convodb', 'dist', 'workers', 'writer.js'],
    ['convodb', 'dist', 'workers', 'reader.js'],
    ['convodb', 'dist', 'workers', 'verifier.js'],
    ['convodb', 'dist', 'chunks', 'open.js'],
    ['convodb', 'dist', 'chunks', 'pool-database.js'],
  ])('is WORKER_NOT_STARTED, once and for all, and names what is missing: %s/%s/%s/%s', async (...path) => {
    const folder = await installCopy()
    remove(folder, ...path)
    const told = await runThere(folder, openAndTell)
    expect(told).toMatch(/^WORKER_NOT_STARTED false /)
    expect(told).toContain(path.at(-1))
    expect(told.trim().split('\n')).toHaveLength(1)
  })

  it.each(['piscina', 'comlink'])(
    'says so of what the opening thread itself loads: %s',
    async (dependency) => {
      const folder = await installCopy()
      remove(folder, dependency)
      const told = await runThere(folder, openAndTell)
      expect(told).toMatch(/^WORKER_NOT_STARTED false /)
      expect(told).toContain(dependency)
      expect(told.trim().split('\n')).toHaveLength(1)
    },
  )

  it.each(['esm', 'cjs'] as const)('says so in a bundle of everything: %s', async (format) => {
    const folder = await temporaryFolder()
    const program = `
      import { openDatabase } from ${JSON.stringify(resolve('dist', 'main', 'index.js'))}
      openDatabase('chat.db').then(() => console.log('ok'), ({ code, message }) => console.log(code, message))`
    const extension = format === 'esm' ? 'mjs' : 'cjs'
    await writeFile(join(folder, 'program.mjs'), program)
    await build({
      input: join(folder, 'program.mjs'),
      platform: 'node',
      external: ['pg'],
      logLevel: 'silent',
      output: {
        dir: folder,
        format,
        entryFileNames: `bundle.${extension}`,
        chunkFileNames: `[name].${extension}`,
      },
    })
    const path = join(folder, `bundle.${extension}`)
    const { stdout } = await promisify(execFile)(process.execPath, [path], { cwd: folder })
    expect(stdout).toMatch(/^WORKER_NOT_STARTED .*bundlers\.md/)
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it('says so of the native code, too, whether the file is there or not', async () => {
    const folder = await installCopy()
    remove(folder, 'better-sqlite3', 'prebuilds')
    const told = await runThere(folder, openAndTell)
    expect(told).toMatch(/^WORKER_NOT_STARTED false SQLite's native code/)
    expect(told.trim().split('\n')).toHaveLength(1)
  })
})

describe('an older Node', () => {
  it.each(['20.20.2', '22.12.9', '8.0.0'])('is refused in one line: %s', (version) => {
    expect(findNodeProblem(version)).toMatch(/^ConvoDB needs Node 22\.13 or newer, and this is Node .*$/)
  })

  it.each(['22.13.0', '24.21.0', '26.0.0', undefined])('what is new enough is not: %s', (version) => {
    expect(findNodeProblem(version)).toBeUndefined()
  })

  it('is looked for before anything else is loaded', async () => {
    // Our own modules of old syntax may stand before it; what others wrote, and what newer Nodes have, may not.
    const [library, program] = await Promise.all(
      ['dist/chunks/main.js', 'dist/cli/index.js'].map((path) => readFile(path, 'utf8')),
    )
    expect(/^import .*$/m.exec(library ?? '')?.[0]).toBe('import "./assert-node-version.js";')
    expect(program?.match(/^import .*$/gm)).toEqual([
      'import { t as findNodeProblem } from "../chunks/node-version.js";',
    ])
  })
})
