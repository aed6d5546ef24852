import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openDatabase } from 'convodb'
import { temporaryFolder } from '../support/databases.js'

/** Writes down each file that is loaded after it and each thread, and at the end which of Node's own modules were. */
const recorder = `
  import { registerHooks } from 'node:module'
  const files = []
  let threads = 0
  process.on('worker', () => (threads += 1))
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) })
  process.on('exit', () => {
    const builtins = [...process.moduleLoadList]
    // Threads have it, too.
    const { isMainThread } = process.getBuiltinModule('node:worker_threads')
    if (isMainThread) process.stderr.write(JSON.stringify({ files, builtins, threads }))
  })`

/** What a program loads, as paths below `dist` or `node_modules`. */
async function loadedBy(...args: readonly string[]) {
  const folder = await temporaryFolder()
  const hooks = join(folder, 'recorder.mjs')
  writeFileSync(hooks, recorder)
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    pathToFileURL(hooks).href,
    ...args,
  ])
  const recorded: { files: string[]; builtins: string[]; threads: number } = JSON.parse(stderr)
  const { files, builtins, threads } = recorded
  return {
    threads,
    files: files
      .filter((url) => url.startsWith('file:'))
      .map((url) => url.replace(pathToFileURL(`${resolve('.')}/`).href, '')),
    builtins: builtins.map((name) => name.replace('NativeModule ', '')),
  }
}

const program = (text: string): string[] => ['--input-type=module', '-e', text]
const commandLine = resolve('dist', 'cli', 'index.js')

describe('what starting loads', () => {
  it('importing: code of our own alone, and nothing of threads, of files or of cryptography', async () => {
    const { files, builtins } = await loadedBy(...program(`import 'convodb'`))
    expect(files).toContain('dist/main/index.js')
    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual([])
    for (const name of ['crypto', 'worker_threads', 'fs/promises', 'child_process'])
      expect(builtins).not.toContain(name)
  })

  it('importing for CommonJS: the same', async () => {
    const { files } = await loadedBy('-e', `require('convodb')`)
    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual([])
  })

  it('opening: Piscina and Comlink, and nothing of a server or of SQLite in the main thread', async () => {
    // A file: threads that are files refuse `--input-type` where hooks are imported.
    const path = join(await temporaryFolder(), 'program.mjs')
    const url = pathToFileURL(resolve('dist', 'main', 'index.js')).href
    writeFileSync(
      path,
      `import { openDatabase } from ${JSON.stringify(url)}
       await (await openDatabase(':memory:', { readers: 1 })).close()`,
    )
    const { files, builtins, threads } = await loadedBy(path)
    expect(threads).toBe(2)
    expect(builtins).not.toContain('crypto')
    const modules = files.flatMap((file) => /^node_modules\/([^/]+)/.exec(file)?.[1] ?? [])
    expect([...new Set(modules)].toSorted()).toEqual(['comlink', 'piscina'])
  })

  it('--version: what tells it', async () => {
    const { files } = await loadedBy(commandLine, '--version')
    expect(files).toContain('dist/cli/index.js')
    for (const file of files)
      expect(file).toMatch(/^dist\/(cli\/index|chunks\/(node|package)-version2?)\.js$/)
  })

  it('a command that reads: its own code, no other command, and no thread', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    await (await openDatabase(path, { readers: 1 })).close()
    const { files, threads } = await loadedBy(commandLine, 'stats', '--db', path)
    expect(threads).toBe(0)
    expect(files).toContain('dist/chunks/stats.js')
    for (const file of ['server.js', 'import.js', 'embed.js', 'export.js', 'serve.js'])
      expect(files).not.toContain(`dist/chunks/${file}`)
    expect(files.filter((file) => /fastify|cli-progress|pino|piscina|prom-client/.test(file))).toEqual([])
  })

  it.each(['reader', 'writer'])('a thread: no cryptography before it is needed (%s)', async (name) => {
    const thread = `
      import(${JSON.stringify(pathToFileURL(resolve('dist', 'workers', `${name}.js`)).href)}).then(() => {
        require('node:worker_threads').parentPort.postMessage(process.moduleLoadList)
      })`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      program(`
        import { Worker } from 'node:worker_threads'
        const options = { eval: true, workerData: { path: '/nowhere' }, execArgv: [] }
        const worker = new Worker(${JSON.stringify(thread)}, options)
        worker.once('message', (names) => {
          console.log(JSON.stringify(names))
          worker.terminate()
        })`),
    )
    const names: string[] = JSON.parse(stdout)
    expect(names).toContain('NativeModule zlib')
    expect(names).not.toContain('NativeModule crypto')
  })
})

describe('without pg', () => {
  it('a PostgreSQL database says what is missing, and files are opened all the same', async () => {
    const folder = await temporaryFolder()
    const hooks = join(folder, 'without-pg.mjs')
    const path = join(folder, 'program.mjs')
    writeFileSync(
      hooks,
      `import { registerHooks } from 'node:module'
       registerHooks({ resolve(name, context, next) {
         if (name === 'pg') throw Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' })
         return next(name, context)
       } })`,
    )
    writeFileSync(
      path,
      `import { openDatabase } from ${JSON.stringify(pathToFileURL(resolve('dist', 'main', 'index.js')).href)}
       const error = await openDatabase('postgres://nobody@127.0.0.1:1/none').catch((thrown) => thrown)
       const db = await openDatabase(':memory:', { readers: 1 })
       await db.close()
       console.log(error.code, error.message)`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      pathToFileURL(hooks).href,
      path,
    ])
    expect(stdout).toBe("UNSUPPORTED PostgreSQL needs the package 'pg': npm install pg\n")
  })
})
