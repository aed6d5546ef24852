'use strict'
const { getEnvironmentData, isMainThread } = require('node:worker_threads')
const Database = require('better-sqlite3')

/**
 * Loaded into every thread of a process (`node --require`). Where the main thread says so, a writer dies right after some of its
 * COMMITs: committed and not answered. The control (`FORGETS_KEYS`): a request leaves no record of its key.
 */
const isDeadly = getEnvironmentData('isDeadly')
const forgetsKeys = process.env['FORGETS_KEYS'] === '1'
const deathsPerCommit = 0.02

if (!isMainThread) {
  const { prepare } = Database.prototype
  Database.prototype.prepare = function prepareForgetful(sql) {
    const statement = prepare.call(this, sql)
    if (forgetsKeys && sql.includes('INSERT INTO idempotency_keys'))
      statement.run = () => ({ changes: 1, lastInsertRowid: 1 })
    if (sql === 'COMMIT' && isDeadly !== undefined) {
      const { run } = statement
      statement.run = (...params) => {
        const result = run.apply(statement, params)
        if (isDeadly[0] === 1 && Math.random() < deathsPerCommit) process.exit(1)
        return result
      }
    }
    return statement
  }
}
