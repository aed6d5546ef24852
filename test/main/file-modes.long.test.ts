import { execFile } from 'node:child_process'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

/**
 * Opens a database in a new folder, under an umask that takes nothing away or under a strict one, and prints the modes of
 * all there is while a borrower has the writer.
 */
const program = `
  import { readdirSync, statSync } from 'node:fs'
  import { dirname, join } from 'node:path'
  import { openDatabase } from 'convodb'
  const [path, umask] = process.argv.slice(1)
  process.umask(Number.parseInt(umask, 8))
  const modeOf = (file) => (statSync(file).mode & 0o7777).toString(8)
  const db = await openDatabase(path)
  await db.storeMessage({ messageId: '1', channelId: 'c', userId: 'u', content: '', timestamp: 1 })
  await db.withConnection(
    async (connection) => {
      await connection.exec('UPDATE messages SET content = message_id')
      const folder = dirname(path)
      const files = readdirSync(folder).map((name) => [name, modeOf(join(folder, name))])
      console.log(JSON.stringify({ folders: [modeOf(folder), modeOf(dirname(folder))], files: Object.fromEntries(files) }))
    },
    { mode: 'write' },
  )
  await db.close()`

async function modesUnder(umask: string) {
  const path = join(await temporaryFolder(), 'new', 'folder', 'chat.db')
  const args = ['--input-type=module', '-e', program, path, umask]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('what a database makes', () => {
  it.each(['000', '022', '077'])('is its user’s alone, whatever the umask: %s', async (umask) => {
    const { folders, files } = await modesUnder(umask)
    expect(folders).toEqual(['700', '700'])
    expect(files).toMatchObject({
      'chat.db': '600',
      'chat.db-wal': '600',
      'chat.db-shm': '600',
      'chat.db-lock': '600',
      'chat.db-owner': '600',
    })
    // And whatever else SQLite has beside them.
    expect(new Set(Object.values(files))).toEqual(new Set(['600']))
  })
})

interface Modes {
  readonly file: string
  readonly folder: string
}

/** The warnings while a file of such modes, which was there before, is opened and closed. */
async function warningsOf({ file, folder }: Modes) {
  const parent = join(await temporaryFolder(), 'folder')
  await mkdir(parent)
  const path = join(parent, 'chat.db')
  const first = await openDatabase(path)
  await first.storeMessage(message('1'))
  await first.close()
  await chmod(path, file)
  await chmod(parent, folder)
  const warnings: { code: unknown; message: string }[] = []
  const note = (warning: Error): void => {
    warnings.push({ code: 'code' in warning ? warning.code : undefined, message: warning.message })
  }
  process.on('warning', note)
  const db = await openDatabase(path)
  await db.storeMessage(message('2'))
  await db.close()
  process.off('warning', note)
  expect(new Set(warnings.map(({ code }) => code))).toEqual(
    new Set(warnings.length === 0 ? [] : ['CONVODB_WIDE_MODE']),
  )
  return { path, parent, texts: warnings.map((warning) => warning.message) }
}

describe('a file that was there before', () => {
  it.each(['0644', '0660', '0604'])('of mode %s is warned about, and what to do about it', async (mode) => {
    const { path, texts } = await warningsOf({ file: mode, folder: '0700' })
    expect(texts[0]).toContain(`${path} has mode ${mode}`)
    expect(texts[0]).toContain('chmod 600')
    // Its log and its index of the log get the same mode.
    expect(texts.map((text) => text.split(' ')[0])).toEqual([path, `${path}-wal`, `${path}-shm`])
  })

  it.each(['0770', '0702', '0777'])(
    'in a folder of mode %s, where others may write, is warned about',
    async (mode) => {
      const { parent, texts } = await warningsOf({ file: '0600', folder: mode })
      expect(texts).toHaveLength(1)
      expect(texts[0]).toContain(`${parent} has mode ${mode}`)
      expect(texts[0]).toContain('chmod 700')
    },
  )

  it.each([
    ['others may only look in', '0755'],
    ['others may write, but only their own files', '1777'],
  ])('of mode 0600 in a folder where %s is not warned about', async (_, mode) => {
    expect((await warningsOf({ file: '0600', folder: mode })).texts).toEqual([])
  })
})
