'use strict'
const { getEnvironmentData, isMainThread } = require('node:worker_threads')
const Database = require('better-sqlite3')

/**
 * Loaded into every thread of a process (`node --require`). Whenever a checkpointer is about to load native code it waits for the
 * writer to come to a statement; that one ends its thread while the other one loads.
 */
const meeting = getEnvironmentData('meeting')
const [nobody, loading, dying] = [0, 1, 2]
/** How long it takes to load, about. */
const longestMs = 2

function isCheckpointer() {
  Error.stackTraceLimit = 50
  return String(new Error().stack).includes('checkpointer.js')
}

function die() {
  Atomics.store(meeting, 0, dying)
  Atomics.notify(meeting, 0)
  const untilMs = performance.now() + Math.random() * longestMs
  while (performance.now() < untilMs);
  process.exit(1)
}

if (!isMainThread && meeting !== undefined) {
  const { dlopen } = process
  process.dlopen = function dlopenInCompany(...params) {
    if (isCheckpointer()) {
      Atomics.store(meeting, 0, loading)
      Atomics.wait(meeting, 0, loading)
    } else {
      Atomics.store(meeting, 0, nobody)
    }
    return dlopen.apply(this, params)
  }
  const { prepare } = Database.prototype
  Database.prototype.prepare = function prepareDeadly(sql) {
    const statement = prepare.call(this, sql)
    if (this.readonly) return statement
    for (const name of ['run', 'get', 'all']) {
      const method = statement[name]
      statement[name] = (...params) => {
        if (Atomics.load(meeting, 0) === loading && !isCheckpointer()) die()
        return method.apply(statement, params)
      }
    }
    return statement
  }
}
