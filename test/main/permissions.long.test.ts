import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'

const program = `
  import { openDatabase, verifyDatabase } from 'convodb'
  const [path] = process.argv.slice(1)
  for (const open of [() => openDatabase(path), () => openDatabase(path, { readOnly: true }), () => verifyDatabase(path)]) {
    await open().then((opened) => opened.close?.(), ({ code, message }) => console.log(code, message))
  }`

/** Each line is of an error. */
async function openWith(...allowed: readonly string[]): Promise<string[]> {
  const path = join(await temporaryFolder(), 'chat.db')
  await (await openDatabase(path, { readers: 1 })).close()
  const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', ...allowed]
  const args = [...flags, '--input-type=module', '-e', program, path]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return stdout.split('\n').filter((line) => line !== '')
}

it('a program that may start no threads is told so, and by which flag it may', async () => {
  const told = await openWith('--allow-addons')
  expect(told).toHaveLength(3)
  for (const line of told) expect(line).toMatch(/^WORKER_NOT_STARTED .*--allow-worker and --allow-addons/)
})

it('with both it opens', async () => {
  expect(await openWith('--allow-worker', '--allow-addons')).toEqual([])
})

it.runIf(process.platform === 'linux')(
  'a program that has all files open that it may have is told so, and not that something is missing',
  async () => {
    const exhausting = `
      import { openDatabase } from 'convodb'
      import { openSync } from 'node:fs'
      const [path] = process.argv.slice(1)
      await (await openDatabase(path, { readers: 1 })).close()
      try {
        for (;;) openSync(path)
      } catch {}
      await openDatabase(path).catch(({ code, message }) => console.log(code, message))`
    const path = join(await temporaryFolder(), 'chat.db')
    const node = [process.execPath, '--input-type=module', '-e', exhausting, path]
    const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 128 && exec "$@"', 'sh', ...node])
    expect(stdout).toMatch(/^WORKER_NOT_STARTED .*EMFILE.*ulimit -n/)
    expect(stdout).not.toContain('install')
  },
)
