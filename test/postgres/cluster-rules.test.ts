import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clusterFaults } from '../support/cluster-rules/rules.js'

describe('what a cluster would refuse is found', () => {
  it.each([
    ['SELECT content FROM messages WHERE message_key = $1', 'names no channel of messages'],
    [
      `SELECT m.content FROM segment_messages AS g JOIN messages AS m ON m.channel_id = g.channel_id AND m.message_key = g.message_key
       WHERE g.channel_id = $1`,
      'names no channel of m',
    ],
    [
      'SELECT 1 FROM messages JOIN users ON users.user_id = messages.user_id WHERE messages.channel_id = $1',
      'reads the catalogue and content of channels at once',
    ],
    [
      'SELECT 1 FROM channels WHERE channel_id = ANY ($1::text[]) FOR UPDATE',
      'locks rows of more than one channel',
    ],
    [
      'SELECT (SELECT count(*) FROM messages WHERE channel_id = $1 AND content = asked.word) FROM unnest($2::text[]) AS asked (word)',
      'asks for content for each row of a function',
    ],
    [
      'SELECT (SELECT max(message_key) FROM messages WHERE channel_id = $1) AS last',
      'asks for content inside a query without FROM',
    ],
    ['UPDATE messages SET channel_id = $2 WHERE channel_id = $1', 'changes a row’s channel'],
    [
      'INSERT INTO messages (channel_id, message_key) VALUES ($1, $2) ON CONFLICT (message_key) DO NOTHING',
      'ON CONFLICT names no key with the channel',
    ],
    [
      'INSERT INTO channels (channel_id) VALUES ($1) ON CONFLICT (channel_id) DO UPDATE SET created_at = now()',
      'calls a function in DO UPDATE SET',
    ],
    [
      'INSERT INTO channels AS c (channel_id) VALUES ($1) ON CONFLICT (channel_id) DO UPDATE SET name = (SELECT max(name) FROM users)',
      'asks something in DO UPDATE SET',
    ],
    [
      'INSERT INTO users (user_id) SELECT * FROM unnest($1::text[]) ON CONFLICT (user_id) DO UPDATE SET last_active = $2',
      'binds a value behind ON CONFLICT of a query',
    ],
    [
      'WITH gone AS (DELETE FROM messages WHERE channel_id = $1 RETURNING message_id) SELECT message_id FROM gone',
      'changes something inside WITH',
    ],
    ['SELECT pg_terminate_backend($1)', 'calls pg_terminate_backend without saying the type'],
    ['/* all nodes */ SELECT 1 FROM users', 'says that it asks all nodes, and asks none'],
    [
      '/* all nodes */ SELECT content FROM messages WHERE channel_id = $1',
      'says that it asks all nodes, and names its channels',
    ],
    [
      '/* all nodes */ SELECT 1 FROM messages AS m JOIN channels AS c ON c.name = m.content',
      'does not join c by its channel',
    ],
    [
      '/* all nodes */ SELECT 1 FROM channels AS c CROSS JOIN LATERAL (SELECT 1 FROM messages AS m WHERE m.channel_id = c.channel_id LIMIT 1) AS x',
      'limits a query inside another',
    ],
    [
      '/* all nodes */ SELECT 1 FROM segment_places AS p FULL JOIN conversation_segments AS s ON s.segment_key = p.segment_key',
      'joins fully',
    ],
    ['CREATE TRIGGER t AFTER INSERT ON messages EXECUTE FUNCTION f()', 'uses a trigger'],
  ])('%s', async (sql, fault) => {
    expect(await clusterFaults(sql)).toContain(fault)
  })

  it.each([
    'SELECT content FROM messages WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])',
    'SELECT 1 FROM channels WHERE channel_id = $1 FOR UPDATE',
    '/* all nodes */ SELECT content FROM messages WHERE user_id = $1',
    'INSERT INTO messages (channel_id, message_key) SELECT * FROM unnest($1::text[], $2::bigint[])',
    'SELECT 1 FROM users WHERE user_id = $1 FOR UPDATE',
  ])('and what it takes is not: %s', async (sql) => {
    expect(await clusterFaults(sql)).toEqual([])
  })
})

it('every statement that stands in the source as it is sent is fit for a cluster', async () => {
  const statements = await statementsOfSource()
  expect(statements.length).toBeGreaterThan(150)
  const faults = await Promise.all(
    statements.map(async ({ file, sql }) => {
      // Some are parts of others.
      const found = await clusterFaults(sql).catch(() => [])
      return found.length === 0 ? [] : [`${file}: ${found.join(', ')}: ${sql.trim().replaceAll(/\s+/g, ' ')}`]
    }),
  )
  expect(faults.flat()).toEqual([])
})

/** Those that are put together from parts are looked at while they are sent (test/contract/postgres.server.test.ts). */
async function statementsOfSource(): Promise<{ file: string; sql: string }[]> {
  const folder = join(import.meta.dirname, '../../src/postgres')
  const files = await readdir(folder, { recursive: true })
  const found = await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !file.startsWith('schema'))
      .map(async (file) => {
        const text = await readFile(join(folder, file), 'utf8')
        const literals = [...text.matchAll(/`([^`$\\]|\$\d)*`/g)].map(([literal]) => literal.slice(1, -1))
        return literals
          .filter((sql) => /^\s*(\/\*.*\*\/\s*)?(SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql))
          .map((sql) => ({ file, sql }))
      }),
  )
  return found.flat()
}
