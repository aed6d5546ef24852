import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operationMessage } from '../../src/protocol/messages.js'
import { temporaryFolder } from '../support/databases.js'
import { SmallTransactions } from '../support/small-transactions.js'

const blockLength = 8_192

let writer: SmallTransactions
beforeEach(async () => {
  writer = new SmallTransactions(join(await temporaryFolder(), 'chat.db'))
})
afterEach(() => writer.connection.close())

const indexedBlocks = (): number => Number(writer.one('SELECT count(*) FROM message_blocks'))

describe('messages of large transactions', () => {
  it('are indexed in bulk, within a transaction', () => {
    writer.store(8_000, 2_000)
    expect(writer.unindexedMessages).toBe(8_000)
    writer.store(2_000, 2_000)
    expect(writer.unindexedMessages).toBe(0)
    expect(writer.one('SELECT message_count FROM channels')).toBe(10_000)
  })

  it('are indexed in bulk between transactions from half as many on', () => {
    writer.store(2_800, 1_400)
    expect(writer.isTidyingDue).toBe(false)
    writer.store(1_400, 1_400)
    expect(writer.tidy()).toBe(1)
    expect(writer.unindexedMessages).toBe(0)
  })
})

describe('messages that the writer does not remember, since a transaction failed', () => {
  beforeEach(() => {
    writer.store(10, 10)
    const twice = operationMessage('storeMessage', {
      messageId: 'm1',
      channelId: 'c0',
      userId: 'u0',
      content: 'again',
      timestamp: 1,
      onConflict: 'error',
    })
    expect(writer.commit([twice])).toMatchObject([{ ok: false, error: { code: 'ALREADY_EXISTS' } }])
  })

  it('are indexed between transactions from a few hundred on', () => {
    writer.store(500, 20)
    expect(writer.isTidyingDue).toBe(false)
    writer.store(20, 20)
    expect(writer.unindexedMessages).toBe(530)
    expect(writer.tidy()).toBe(1)
    expect(writer.unindexedMessages).toBe(0)
    expect(writer.one('SELECT message_count FROM channels')).toBe(530)
  })

  it('are indexed within a transaction where the writer is never idle: a small one has little to index', () => {
    writer.store(1_000, 10)
    expect(writer.unindexedMessages).toBe(1_010)
    writer.store(20, 20)
    expect(writer.unindexedMessages).toBe(0)
  })
})

describe('words of a whole block', () => {
  it('wait for a writer that is idle', () => {
    writer.store(blockLength + 10, 2_000)
    expect(indexedBlocks()).toBe(0)
    writer.tidy()
    expect(indexedBlocks()).toBe(1)
  })

  it('do not wait longer than until a second block is whole', () => {
    writer.store(2 * blockLength + 10, 5_000)
    expect(indexedBlocks()).toBe(1)
    writer.tidy()
    expect(indexedBlocks()).toBe(2)
  })

  it('are all there after one transaction of many blocks', () => {
    writer.store(4 * blockLength, 4 * blockLength)
    writer.tidy()
    expect(indexedBlocks()).toBe(4)
    expect(writer.one('SELECT sum(messages) FROM message_blocks')).toBe(4 * blockLength - 1)
  })

  it('are those of the texts as they are by then, not of what was changed or undone meanwhile', () => {
    writer.store(blockLength + 10, 2_000)
    const changed = operationMessage('updateMessage', { messageId: 'm7', content: 'other' })
    expect(writer.commit([changed])).toMatchObject([{ ok: true }])
    writer.tidy()
    expect(pagesHave('other')).toBe(true)
    expect(pagesHave('word7')).toBe(false)
    expect(pagesHave('word8')).toBe(true)
  })
})

/** A word that no other begins with. */
const pagesHave = (word: string): boolean =>
  writer.connection.column<Uint8Array>('SELECT words FROM message_words').some((page) =>
    Buffer.from(page)
      .toString('latin1')
      .includes(`${String.fromCharCode(word.length)}${word}`),
  )
