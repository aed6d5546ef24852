import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { makeFixture } from '../support/fixtures.js'

/** The file's own triggers, seen by whoever writes SQL to it. Messages 1 to 6 of the fixture are indexed, 7 and 8 are not. */
let file: Database.Database
beforeEach(async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  makeFixture(1, path)
  file = new Database(path)
  return () => file.close()
})

const read = (sql: string): unknown => file.prepare(sql).pluck().get()
const channel = (key: number) => ({
  count: read(`SELECT message_count FROM channels WHERE channel_key = ${key}`),
  listed: read(`SELECT count(*) FROM channel_messages WHERE channel_key = ${key}`),
})
const user = (key: number) => ({
  count: read(`SELECT message_count FROM users WHERE user_key = ${key}`),
  listed: read(`SELECT count(*) FROM user_messages WHERE user_key = ${key}`),
})
const changes = (): number => Number(read('SELECT changes FROM indexed_messages'))

describe('a message that is deleted', () => {
  it('is counted and listed no more where it was indexed', () => {
    file.exec('DELETE FROM messages WHERE message_key = 1')
    expect(channel(1)).toEqual({ count: 2, listed: 2 })
    expect(user(1)).toEqual({ count: 2, listed: 2 })
    expect(changes()).toBe(2)
  })

  it('leaves its activity and tells readers where it was not', () => {
    file.exec('DELETE FROM messages WHERE message_key = 8')
    expect(channel(2)).toEqual({ count: 2, listed: 2 })
    expect(read('SELECT last_active FROM channels WHERE channel_key = 2')).toBe(90_000)
    expect(changes()).toBe(3)
  })

  it('has its key remembered, and leaves its segment and its embedding', () => {
    file.exec('UPDATE deleted_message_keys SET last_key = 0; DELETE FROM messages WHERE message_key = 7')
    expect(read('SELECT last_key FROM deleted_message_keys')).toBe(7)
    expect(read('SELECT message_count FROM conversation_segments WHERE segment_key = 1')).toBe(2)
    file.exec('DELETE FROM messages WHERE message_key = 1')
    expect(read('SELECT count(*) FROM embeddings WHERE message_key = 1')).toBe(0)
  })
})

describe('a message that moves', () => {
  it('is counted where it is', () => {
    file.exec('UPDATE messages SET channel_key = 3, user_key = 2, timestamp = 7000 WHERE message_key = 3')
    expect([channel(1), channel(3)]).toEqual([
      { count: 2, listed: 2 },
      { count: 1, listed: 1 },
    ])
    expect([user(1), user(2)]).toEqual([
      { count: 2, listed: 2 },
      { count: 2, listed: 2 },
    ])
    expect(read('SELECT last_active FROM channels WHERE channel_key = 3')).toBe(7_000)
  })

  it.each([3, 8])('never goes to a channel or a user that is not there (%d)', (key) => {
    for (const column of ['channel_key', 'user_key']) {
      const move = `UPDATE messages SET ${column} = 99 WHERE message_key = ${key}`
      expect(() => file.exec(move)).toThrow('FOREIGN KEY constraint failed')
    }
  })
})

it('a channel takes its messages along, indexed or not', () => {
  file.exec('DELETE FROM channels WHERE channel_key = 2')
  expect(read('SELECT group_concat(message_key) FROM messages')).toBe('1,2,3,7')
  expect(read('SELECT count(*) FROM channel_messages WHERE channel_key = 2')).toBe(0)
})

it('a user who has messages is not deleted', () => {
  expect(() => file.exec('DELETE FROM users WHERE user_key = 1')).toThrow('FOREIGN KEY constraint failed')
})

it('a segment counts its members', () => {
  file.exec('INSERT INTO segment_messages (segment_key, position, message_key) VALUES (2, 1, 4)')
  expect(read('SELECT message_count FROM conversation_segments WHERE segment_key = 2')).toBe(2)
  file.exec('DELETE FROM segment_messages WHERE segment_key = 2')
  expect(read('SELECT message_count FROM conversation_segments WHERE segment_key = 2')).toBe(0)
})
