import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, verifyDatabase, type DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { emptyLog, expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const textsOf = async (db: DatabaseManager, messageId: string): Promise<string[]> =>
  (await db.getMessageHistory({ messageId })).items.map(({ content }) => content)

const removedOf = async (db: DatabaseManager, messageId: string): Promise<number> =>
  (await db.getReactions({ messageId, withRemoved: true })).items.length

/** Edits a message, and takes a reaction to it back. */
async function change(db: DatabaseManager, content: string): Promise<void> {
  const reaction = { messageId: '1', userId: 'ada', reaction: content }
  await db.storeMessage(message('1', { content }))
  await db.addReaction(reaction)
  await db.deleteReaction(reaction)
}

describe('history', () => {
  it('is kept where a file was opened so, by whoever opens it later, until one says no', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const openAndChange = async (content: string, keepHistory?: boolean): Promise<[string[], number]> => {
      await using db = await openDatabase(path, {
        readers: 1,
        ...(keepHistory !== undefined && { keepHistory }),
      })
      await change(db, content)
      return [await textsOf(db, '1'), await removedOf(db, '1')]
    }
    expect(await openAndChange('one')).toEqual([[], 0])
    expect(await openAndChange('two')).toEqual([[], 0])
    expect(await openAndChange('three', true)).toEqual([['two'], 1])
    expect(await openAndChange('four')).toEqual([['three', 'two'], 2])
    // What was kept stays.
    expect(await openAndChange('five', false)).toEqual([['three', 'two'], 2])
    expect(await openAndChange('six')).toEqual([['three', 'two'], 2])
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })

  it('is kept of what SQL of a lease changes, too, and rolled back with it', async () => {
    const db = await temporaryDatabase({ readers: 1, keepHistory: true })
    await db.storeMessage(message('1', { content: 'one' }))
    await db.withConnection(
      async (connection) => {
        await connection.run(`UPDATE messages SET content = 'two' WHERE message_id = '1'`)
        await connection.exec('SAVEPOINT later')
        await connection.run(`UPDATE messages SET content = 'never' WHERE message_id = '1'`)
        await connection.exec('ROLLBACK TO later')
      },
      { mode: 'write' },
    )
    expect(await textsOf(db, '1')).toEqual(['one'])
    const write = (sql: string): Promise<unknown> =>
      db.withConnection((connection) => connection.run(sql), { mode: 'write' })
    for (const sql of [
      'DELETE FROM message_versions',
      'UPDATE history_setting SET is_kept = 0',
      `INSERT INTO message_reactions (message_key, user_key, reaction, reacted_at) VALUES (1, 1, 'x', 1)`,
    ])
      await expectError(write(sql), 'SQL_NOT_ALLOWED')
  })

  it('leaves nothing in the file of what was deleted, forgotten, or whose history was', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({ readers: 1, keepHistory: true }, join(folder, 'chat.db'))
    const bytes = async (): Promise<string> => {
      const names = await readdir(folder)
      return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('')
    }
    await db.addMessages(
      ['deleted', 'kept', 'forgotten'].map((id) =>
        message(id, {
          userId: id === 'forgotten' ? 'mallory' : 'ada',
          content: `secret of ${id} ${'tea '.repeat(3_000)}`,
        }),
      ),
    )
    for (const messageId of ['deleted', 'kept', 'forgotten']) {
      await db.updateMessage({ messageId, content: 'harmless' })
      await db.addReaction({ messageId, userId: 'mallory', reaction: `secret-${messageId}` })
      await db.addReaction({ messageId, userId: 'ada', reaction: `secret-${messageId}-removed` })
      await db.deleteReaction({ messageId, userId: 'ada', reaction: `secret-${messageId}-removed` })
    }
    await db.checkpoint()
    expect(await bytes()).toMatch(/secret/)
    await db.deleteMessages(['deleted'])
    expect(await db.forgetUser('mallory')).toMatchObject({ messages: 1, reactions: 1 })
    expect(await db.deleteMessageHistory('kept')).toBe(2)
    await emptyLog(db)
    expect(await bytes()).not.toMatch(/secret|mallory/)
    expect(await db.getMessage('kept')).toMatchObject({ content: 'harmless' })
  })

  it('tells those who follow the changes of a reaction as one of its message', async () => {
    const db = await temporaryDatabase({ readers: 1, keepHistory: true })
    await db.addMessages(['1', '2'].map((id) => message(id, { userId: 'ada' })))
    await using changes = db.subscribe({ channelId: 'general' })
    const kinds: string[] = []
    const listening = (async () => {
      for await (const event of changes) {
        kinds.push('messageId' in event ? `${event.kind} ${event.messageId}` : event.kind)
        if (kinds.at(-1)?.endsWith('end') === true) return
      }
    })()
    const reaction = { messageId: '1', userId: 'bob', reaction: '👍' }
    await db.addReaction(reaction)
    await db.addReaction(reaction)
    await db.deleteReaction(reaction)
    await db.addReaction({ ...reaction, messageId: '2' })
    await db.deleteMessageHistory('1')
    await db.forgetUser('bob')
    await db.storeMessage(message('end'))
    await listening
    expect(kinds).toEqual([
      'messageUpdated 1',
      'messageUpdated 1',
      'messageUpdated 2',
      'messageUpdated 2',
      'messageStored end',
    ])
  })
})
