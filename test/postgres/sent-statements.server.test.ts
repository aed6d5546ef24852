import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, disconnect } from '../../src/postgres/connection/connect.js'
import type { Value } from '../../src/postgres/connection/bound-values.js'
import { Session } from '../../src/postgres/connection/session.js'
import { toTokens } from '../../src/postgres/words/tokens.js'
import { withWordsOf } from '../../src/postgres/words/text-words.js'
import { toVector } from '../../src/postgres/words/vectors-of-words.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

describe('what is sent to the server', () => {
  let server: TestPostgres
  let client: pg.Client
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    client = await connect({ url: await server.createDatabase(), statementTimeoutMs: 0, lockTimeoutMs: 0 })
  })
  afterEach(() => disconnect(client))

  describe('arrays', () => {
    const texts = [
      '',
      'plain',
      'NULL',
      '{"a",b}\\',
      'é',
      '日本語のテキスト',
      '👋🏽'.repeat(20),
      'x'.repeat(48),
      'x'.repeat(49),
      'é'.repeat(200_000),
      ' \t\r\n\u007f\u0080',
      null,
    ]

    it.each<[type: string, elements: readonly (string | number | boolean | Uint8Array | null)[]]>([
      ['text', texts],
      ['text', ['\u0000', '\u0001', 'a\u0001#b\u0000']],
      ['text', []],
      ['text', [null]],
      ['bigint', [0, -1, 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, null]],
      ['bigint', []],
      ['smallint', [0, -1, 255, 32_767, -32_767, null]],
      ['boolean', [true, false, null]],
      ['bytea', [new Uint8Array(), new Uint8Array([0, 1, 255]), null]],
      // No type of which there is a binary form here.
      ['double precision', [0.1, -0.5, 1e300, null]],
      ['integer', [1, -1, null]],
    ])('of %s come back as they were', async (type, elements) => {
      const rows = await new Session(client).lists<[unknown]>(
        `SELECT given FROM unnest($1::${type}[]) AS given`,
        [elements],
      )
      const toPlain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value)
      expect(rows.map(([value]) => toPlain(value))).toEqual(elements.map(toPlain))
    })

    it('may be larger than what is kept for the next one', async () => {
      const session = new Session(client)
      const long = ['a'.repeat(3_000_000), 'é'.repeat(3_000_000)]
      for (const elements of [long, ['short'], long]) {
        const rows = await session.lists<[number]>(
          `SELECT length(given)::bigint FROM unnest($1::text[]) AS given`,
          [elements],
        )
        expect(rows.map(([length]) => length)).toEqual(elements.map(({ length }) => length))
      }
    })

    it.each<[sql: string, values: readonly Value[]]>([
      [`SELECT $1::bigint[]`, [['one']]],
      [`SELECT $1::bigint[]`, [[1.5]]],
      [`SELECT $1::smallint[]`, [[40_000]]],
      [`SELECT $1::boolean[]`, [['perhaps']]],
    ])('of other values than %s wants are refused by the server', async (sql, values) => {
      await expect(new Session(client).all(sql, values)).rejects.toBeInstanceOf(pg.DatabaseError)
    })
  })

  it('words are the same whether they are sent as bytes or as text', async () => {
    const session = new Session(client)
    const found = [
      '',
      'tea',
      "o'clock it's 12\\34 'quoted'",
      'the tea, the tea, THE TEA',
      '我喜歡喝茶 我喜歡',
      'مرحبا 👋🏽 naïve Straße ﬁ',
      'w'.repeat(500),
      'again '.repeat(300),
      Array.from({ length: 5_000 }, (_, n) => `word${n}`).join(' '),
    ]
    for (const text of found) {
      const [bytes, tokens] = withWordsOf(text, (words) => [toVector(words), toTokens(words)] as const)
      expect(tokens).toHaveLength(1)
      const [row] = await session.lists<[boolean, number]>(
        `SELECT ($1::tsvector[])[1] = $2::tsvector, length($2::tsvector)::bigint`,
        [[bytes ?? null], tokens[0] ?? ''],
      )
      expect(row?.[0]).toBe(true)
    }
  })

  it('words of a text say nothing of the text before it', () => {
    const countsOf = (text: string): [string, number][] =>
      withWordsOf(text, (words) => words.map(({ text: word, count }) => [word, count]))
    expect(countsOf('tea tea cup')).toEqual([
      ['tea', 2],
      ['cup', 1],
    ])
    expect(() =>
      withWordsOf('tea', () => {
        throw new Error('on the way')
      }),
    ).toThrow('on the way')
    expect(countsOf('tea')).toEqual([['tea', 1]])
    // More than are kept.
    expect(countsOf(Array.from({ length: 50_000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(50_000)
    expect(countsOf('tea w1 w1')).toEqual([
      ['tea', 1],
      ['w1', 2],
    ])
  })

  describe('statements for which nobody waits', () => {
    const begin = async (): Promise<Session> => {
      await client.query('CREATE TABLE things (id bigint PRIMARY KEY)')
      await client.query('BEGIN')
      return new Session(client)
    }
    const insert = `INSERT INTO things (id) VALUES ($1::bigint)`

    it('are done in their order', async () => {
      const session = await begin()
      for (let id = 0; id < 100; id += 1) session.send(insert, [id])
      const [row] = await session.lists<[number]>(`SELECT count(*) FROM things`)
      expect(row).toEqual([100])
      await session.settle()
      await session.commit()
    })

    it('are what a commit is refused for, however many others fail behind the first that did', async () => {
      const session = await begin()
      session.send(insert, [1])
      session.send(insert, [1])
      session.send(insert, [2])
      const late = session.lists(`SELECT 1`)
      const committed = session.commit()
      await expect(late).rejects.toMatchObject({ code: '25P02' })
      await expect(committed).rejects.toMatchObject({ code: '23505' })
      await expect(session.causeOf(await late.catch((error: unknown) => error))).resolves.toMatchObject({
        code: '23505',
      })
      const { rows } = await client.query('SELECT id FROM things')
      expect(rows).toEqual([])
    })

    it('are told of by the first that failed, and by none once the savepoint before them is gone back to', async () => {
      const session = await begin()
      session.send(insert, [1])
      await session.run('SAVEPOINT before')
      session.send(insert, [1])
      session.send(insert, [2])
      await expect(session.settle()).rejects.toMatchObject({ code: '23505' })
      await session.rollBackTo('before')
      session.send(insert, [3])
      await session.settle()
      await session.commit()
      const { rows } = await client.query('SELECT id FROM things ORDER BY id')
      expect(rows).toEqual([{ id: 1 }, { id: 3 }])
    })

    it('fail with the connection', async () => {
      const session = await begin()
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined)
      session.send(insert, [1])
      await expect(session.settle()).rejects.toThrow()
    })
  })
})
