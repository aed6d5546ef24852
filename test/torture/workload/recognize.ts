import type { History } from './history.js'

/**
 * Tells after how many of a plan's steps, at most, a database was in the state in which it is found.
 *
 * @throws with the first difference where no state of the plan has exactly these rows
 */
export function recognizeState(history: History, rows: ReadonlyMap<string, string>): number {
  const latest = latestMark(rows)
  // Steps may have followed that leave no mark, and a deletion may have taken one away.
  const candidates = Array.from({ length: maxUnmarkedSteps + 1 }, (_, n) => latest + n).filter(
    (stepCount) => stepCount <= history.stepCount,
  )
  let recognized = candidates.find((stepCount) => history.findDifference(stepCount, rows) === undefined)
  if (recognized === undefined) {
    const difference = history.findDifference(latest, rows)
    throw new Error(`The database is in no state of its history: after ${latest} steps ${difference}`)
  }
  while (history.staysAfter(recognized)) recognized += 1
  return recognized
}

const maxUnmarkedSteps = 8

function latestMark(rows: ReadonlyMap<string, string>): number {
  let latest = 0
  for (const value of rows.values()) {
    const mark = /#(\d+) /.exec(value)?.[1]
    if (mark !== undefined) latest = Math.max(latest, Number(mark))
  }
  return latest
}
