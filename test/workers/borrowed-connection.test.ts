import { join } from 'node:path'
import { expect, it } from 'vitest'
import { operationMessage } from '../../src/protocol/messages.js'
import { openReadConnection, openWriteConnection } from '../../src/workers/connection/open.js'
import { runWriteMessage } from '../../src/workers/dispatch.js'
import { BorrowedConnection } from '../../src/workers/lease/borrowed-connection.js'
import { message, temporaryFolder } from '../support/databases.js'

const settings = { create: true, readOnly: false, durability: 'full' } as const
const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }

it('a borrower’s savepoint brings back no views under which an operation would count twice', async () => {
  const all = { ...settings, ...limits, path: join(await temporaryFolder(), 'chat.db') }
  const writer = openWriteConnection(all)
  const { channelId, userId, content } = message('m1')
  runWriteMessage(
    writer,
    operationMessage('storeMessage', { messageId: 'm1', channelId, userId, content, timestamp: 1 }),
  )
  const reader = openReadConnection(all)
  const borrowed = new BorrowedConnection(reader, 'read')
  borrowed.begin()
  const sql = `SELECT message_count AS count FROM channels`
  const getChannel = operationMessage('getChannel', { channelId })
  borrowed.exec('SAVEPOINT mine')
  for (let round = 0; round < 3; round += 1) {
    expect(borrowed.get(sql, [])).toEqual({ count: 1 })
    expect(borrowed.operation(getChannel)).toMatchObject({ messageCount: 1 })
    borrowed.exec('ROLLBACK TO mine')
    expect(borrowed.operation(getChannel)).toMatchObject({ messageCount: 1 })
  }
  borrowed.rollback()
  reader.close()
  writer.close()
})
