import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packBatch } from '../../src/protocol/batch.js'
import { operationMessage } from '../../src/protocol/messages.js'
import { SharedAnswers } from '../../src/protocol/shared-answers.js'
import type { Connection } from '../../src/workers/connection/connection.js'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { commitBatches, commitTidying, isTidyingDue } from '../../src/workers/writer/group-commit.js'
import { temporaryFolder } from '../support/databases.js'

const settings = { create: true, readOnly: false, durability: 'normal', search: true } as const
const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }
const blockLength = 8_192

let connection: Connection
let stored: number
beforeEach(async () => {
  connection = openWriteConnection({
    ...settings,
    ...limits,
    path: join(await temporaryFolder(), 'chat.db'),
  })
  stored = 0
})
afterEach(() => connection.close())

const store = (messageId: string, content: string) =>
  operationMessage('storeMessage', { messageId, channelId: 'c', userId: 'u', content, timestamp: stored })

function commit(operations: readonly ReturnType<typeof store>[]): void {
  const items = packBatch(operations)
  const [answer] = commitBatches(connection, [{ source: 1, batch: 1, items, answers: new SharedAnswers() }])
  expect(answer).toBe('inserted')
}

/** Stores `count` messages more, so many a transaction. */
function storeMore(count: number, together: number): void {
  for (const end = stored + count; stored < end;) {
    const first = stored
    stored = Math.min(end, first + together)
    commit(
      Array.from({ length: stored - first }, (_, index) =>
        store(`m${first + index}`, `word${first + index}`),
      ),
    )
  }
}

const one = <Value>(sql: string): Value | undefined => connection.column<Value>(sql)[0]
const unindexedMessages = (): number =>
  Number(
    one(
      'SELECT (SELECT max(message_key) FROM messages) - (SELECT last_key FROM indexed_messages WHERE id = 1)',
    ),
  )
const indexedBlocks = (): number => Number(one('SELECT count(*) FROM message_blocks'))

/** As the writer does while nothing waits. */
function tidy(): number {
  let steps = 0
  for (; isTidyingDue(connection); steps += 1)
    expect(commitTidying(connection)).toEqual({ ok: true, value: undefined })
  return steps
}

describe('messages', () => {
  it('are indexed between transactions from a few hundred on', () => {
    storeMore(500, 20)
    expect(isTidyingDue(connection)).toBe(false)
    storeMore(20, 20)
    expect(isTidyingDue(connection)).toBe(true)
    expect(unindexedMessages()).toBe(520)
    expect(tidy()).toBe(1)
    expect(unindexedMessages()).toBe(0)
    expect(one('SELECT message_count FROM channels')).toBe(520)
  })

  it('are indexed within a transaction where the writer is never idle: a small one has little to index', () => {
    storeMore(1_010, 10)
    expect(unindexedMessages()).toBe(1_010)
    storeMore(20, 20)
    expect(unindexedMessages()).toBe(0)
  })

  it('are indexed in bulk where transactions are large', () => {
    storeMore(8_000, 2_000)
    expect(unindexedMessages()).toBe(8_000)
    storeMore(2_000, 2_000)
    expect(unindexedMessages()).toBe(0)
  })
})

describe('words of a whole block', () => {
  it('wait for a writer that is idle', () => {
    storeMore(blockLength + 10, 2_000)
    expect(indexedBlocks()).toBe(0)
    tidy()
    expect(indexedBlocks()).toBe(1)
  })

  it('do not wait longer than until a second block is whole', () => {
    storeMore(2 * blockLength + 10, 5_000)
    expect(indexedBlocks()).toBe(1)
    tidy()
    expect(indexedBlocks()).toBe(2)
  })

  it('are all there after one transaction of many blocks', () => {
    storeMore(4 * blockLength, 4 * blockLength)
    tidy()
    expect(indexedBlocks()).toBe(4)
    expect(one('SELECT sum(messages) FROM message_blocks')).toBe(4 * blockLength - 1)
  })

  it('are those of the texts as they are by then, not of what was changed or undone meanwhile', () => {
    storeMore(blockLength + 10, 2_000)
    const changed = operationMessage('updateMessage', { messageId: 'm7', content: 'other' })
    expect(
      commitBatches(connection, [
        { source: 1, batch: 1, items: packBatch([changed]), answers: new SharedAnswers() },
      ])[0],
    ).toMatchObject([{ ok: true }])
    tidy()
    expect(pagesHave('other')).toBe(true)
    expect(pagesHave('word7')).toBe(false)
    expect(pagesHave('word8')).toBe(true)
  })
})

/** A word that no other begins with. */
const pagesHave = (word: string): boolean =>
  connection.column<Uint8Array>('SELECT words FROM message_words').some((page) =>
    Buffer.from(page)
      .toString('latin1')
      .includes(`${String.fromCharCode(word.length)}${word}`),
  )
