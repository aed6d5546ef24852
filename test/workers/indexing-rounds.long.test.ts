import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { SmallTransactions } from '../support/small-transactions.js'

/** How many messages may stay unindexed, and how many a round has that begins with small transactions. */
const most = 8_192
const round = most / 2
const many = { channels: 7, users: 300 }

let writer: SmallTransactions
beforeEach(async () => {
  writer = new SmallTransactions(join(await temporaryFolder(), 'chat.db'))
})
afterEach(() => writer.connection.close())

/** How many statements storing takes. */
function statementsOf(store: () => void): number {
  const run = vi.spyOn(writer.connection, 'run')
  store()
  const { length } = run.mock.calls
  run.mockRestore()
  return length
}

describe('a large transaction among small ones', () => {
  it.each([
    ['has just begun', round + 40],
    ['is filled', round + 2_900],
  ])('leaves no more unindexed than any other where a round %s', (_, stored) => {
    writer.store(stored, 20, many)
    writer.store(most, most, many)
    expect(writer.unindexedMessages).toBeLessThan(most)
  })

  it('leaves nothing that a small one behind it would index entry by entry', () => {
    writer.store(most - 1, most - 1, many)
    expect(writer.unindexedMessages).toBe(most - 1)
    expect(statementsOf(() => writer.store(1, 1, many))).toBeLessThan(50)
    expect(writer.unindexedMessages).toBe(0)
  })

  it('leaves nothing that small ones behind it would, when they have begun a round with it and can not fill it', () => {
    writer.store(most - 100, most - 100, many)
    writer.store(90, 1, many)
    expect(statementsOf(() => writer.store(10, 10, many))).toBeLessThan(200)
    expect(writer.unindexedMessages).toBe(0)
  })
})
