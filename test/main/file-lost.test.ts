import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryFolder } from '../support/databases.js'

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')

/** Stores until it is refused; tells how many were acknowledged after the first `storeMessage` resolved. */
async function storeUntilRefused(store: (n: number) => Promise<unknown>): Promise<unknown> {
  for (let n = 0; n < 100_000; n += 1) {
    const error = await store(n).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error !== undefined) return error
  }
  return undefined
}

describe('a file that is taken away while it is open', () => {
  it.each([
    ['removed', (path: string) => rm(path)],
    ['moved', (path: string) => rename(path, `${path}.away`)],
    ['without its log', (path: string) => rm(`${path}-wal`)],
    [
      'replaced by a copy',
      async (path: string) => {
        await copyFile(path, `${path}.copy`)
        await rename(`${path}.copy`, path)
      },
    ],
  ])('is noticed before more is acknowledged: %s', async (_, takeAway) => {
    const path = await newPath()
    const db = await openDatabase(path)
    await db.storeMessage(message('first'))
    await takeAway(path)
    const startedAtMs = performance.now()
    const refusal = await storeUntilRefused((n) => db.storeMessage(message(`m${n}`)))
    expect(refusal).toMatchObject({ code: 'FILE_LOST' })
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    await expectError(
      db.withConnection((c) => c.run('DELETE FROM messages'), { mode: 'write' }),
      'FILE_LOST',
    )
    await expectError(db.close(), 'FILE_LOST')
  })

  it('goes on when it is put back', async () => {
    const path = await newPath()
    const db = await openDatabase(path)
    await db.storeMessage(message('first'))
    await rename(path, `${path}.away`)
    expect(await storeUntilRefused((n) => db.storeMessage(message(`m${n}`)))).toMatchObject({
      code: 'FILE_LOST',
    })
    await rename(`${path}.away`, path)
    await db.storeMessage(message('last'))
    await db.close()
    const again = await openDatabase(path)
    expect(await again.getMessagesByIds(['first', 'last'])).toHaveLength(2)
    await again.close()
  })

  it('leaves another file of its name, and that file’s log, alone', async () => {
    const path = await newPath()
    const db = await openDatabase(path)
    await db.storeMessage(message('first'))
    await rm(path)
    await rm(`${path}-wal`)
    await writeFile(path, 'mine')
    await writeFile(`${path}-wal`, 'mine, too')
    await expectError(db.close(), 'FILE_LOST')
    expect(await readFile(path, 'utf8')).toBe('mine')
    expect(await readFile(`${path}-wal`, 'utf8')).toBe('mine, too')
  })
})
