'use strict'
const { getEnvironmentData, isMainThread } = require('node:worker_threads')
const Database = require('better-sqlite3')

/**
 * Loaded into every thread of a process (`node --require`: Node does not `--import` into every kind of thread, and so
 * this is JavaScript). Where its main thread says so, a worker dies at one of its next statements: whatever the library was
 * doing then, in the middle of a batch, of opening, of a commit. The places in `deaths` are those of death-control.ts.
 */
const deaths = getEnvironmentData('deaths')
/** The control: batches leave no record, so that one which was committed is sent once more. */
const forgetsBatches = process.env['FORGETS_BATCHES'] === '1'

function die(way) {
  if (way === 0) process.exit(1)
  if (way === 1) {
    // Before the promises that would post the answer, and after the statements of this turn: committed, not answered.
    process.nextTick(() => {
      throw new Error('A fault that a test put here')
    })
    return
  }
  const hoard = []
  for (;;) hoard.push(Array.from({ length: 10_000 }, (_, n) => n + 0.5))
}

/** The control dies at commits alone, since only there a record could be missed; they stand for all the statements before them. */
function isNextToDie(sql, lane) {
  const weight = forgetsBatches && lane === 1 ? (sql === 'COMMIT' ? 100 : 0) : 1
  if (weight === 0 || Atomics.load(deaths, lane) <= 0) return false
  return Atomics.sub(deaths, lane, weight) <= weight
}

if (!isMainThread && deaths !== undefined) {
  const { prepare } = Database.prototype
  Database.prototype.prepare = function prepareDeadly(sql) {
    const statement = prepare.call(this, sql)
    if (forgetsBatches && sql.includes('INSERT INTO committed_batches'))
      statement.run = () => ({ changes: 1 })
    const lane = this.readonly ? 0 : 1
    for (const name of ['run', 'get', 'all']) {
      const method = statement[name]
      statement[name] = (...params) => {
        if (!isNextToDie(sql, lane)) return method.apply(statement, params)
        // Committed and not answered: the answer is posted in the same turn, so that no later moment is in between.
        if (sql === 'COMMIT' && (forgetsBatches || Math.random() < 0.5)) {
          method.apply(statement, params)
          process.exit(1)
        }
        die(Atomics.load(deaths, 2))
        return method.apply(statement, params)
      }
    }
    return statement
  }
}
