import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'

describe('opening and closing in quick succession', () => {
  // Node 20 ended the whole process when a thread was terminated while it loaded its module, Node 26 when it loaded native code.
  it('never takes the process down: refused files, many readers, closes at once', async () => {
    const path = join(await temporaryFolder(), 'other.txt')
    await writeFile(path, 'This is no database. '.repeat(300))
    const program = `
      import { openDatabase } from 'convodb'
      for (let n = 0; n < 2; n += 1) {
        await openDatabase(${JSON.stringify(path)}, { readers: 4 }).catch((error) => error)
        await (await openDatabase(':memory:', { readers: 4, leaseReaders: 4 })).close()
        const db = await openDatabase(':memory:', { readers: 1, leaseReaders: 4 })
        await db.withConnection((connection) => connection.get('SELECT 1'))
        await db.close()
      }
      console.log('alive')`
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 170_000,
    })
    expect(stdout).toBe('alive\n')
  }, 180_000)
})
