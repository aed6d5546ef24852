import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { hideBoundValues } from '../../src/workers/connection/bound-values.js'
import { Connection } from '../../src/workers/connection/connection.js'

describe('hideBoundValues', () => {
  it.each([
    [
      'SELECT 1 FROM t WHERE a = ? AND b < :time LIMIT :limit',
      'SELECT 1 FROM t WHERE a = +? AND b < +:time LIMIT +:limit',
    ],
    ['INSERT INTO t VALUES (?, ?1, :a)', 'INSERT INTO t VALUES (+?, +?1, +:a)'],
    ["SELECT ':a ? ''?'' :b', :c", "SELECT ':a ? ''?'' :b', +:c"],
    ['SELECT "odd?name", ? -- why? :that\n, :b', 'SELECT "odd?name", +? -- why? :that\n, +:b'],
    ['SELECT x - :a, :b || :c, (:d IS NULL)', 'SELECT x - +:a, +:b || +:c, (+:d IS NULL)'],
  ])('stands before bound values alone: %s', (sql, hidden) => {
    expect(hideBoundValues(sql)).toBe(hidden)
  })

  it('changes no value, of whatever kind', () => {
    const database = new Database(':memory:')
    const values = [1, -1.5, 2n ** 62n, 'text', '12', '', Buffer.of(0, 255), null]
    const sql = 'SELECT typeof(?) AS type, quote(?) AS value'
    for (const value of values) {
      const [plain, hidden] = [sql, hideBoundValues(sql)].map((text) =>
        database.prepare(text).get(value, value),
      )
      expect(hidden).toEqual(plain)
    }
    database.close()
  })
})

/** Microseconds of one run, of the quickest of many. */
function cost(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 60; round += 1) {
    const startedAtMs = performance.now()
    for (let count = 0; count < 100; count += 1) run()
    least = Math.min(least, performance.now() - startedAtMs)
  }
  return least * 10
}

it('a connection compiles a statement once, whatever is bound to it', () => {
  const database = new Database(':memory:')
  database.exec(
    'CREATE TABLE places (a INTEGER, b INTEGER, c INTEGER, PRIMARY KEY (a, b, c)) STRICT, WITHOUT ROWID',
  )
  const sql = `
    SELECT one.c, two.c FROM places AS one CROSS JOIN places AS two ON two.a = one.b
    WHERE one.a = ? AND one.b < ? ORDER BY one.b DESC, one.c DESC LIMIT ?`
  const connection = new Connection(database)
  const compiledOnce = database.prepare(sql).bind(1, 2, 3)
  const anew = database.prepare(sql)
  const least = cost(() => compiledOnce.all())
  // SQLite's habit, without which the plus would not be needed.
  expect(cost(() => anew.all(1, 2, 3))).toBeGreaterThan(4 * least)
  expect(cost(() => connection.all(sql, [1, 2, 3]))).toBeLessThan(4 * least)
  connection.close()
})
