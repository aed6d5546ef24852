import { parentPort } from 'node:worker_threads'
import { median } from './statistics.js'

const turns = 3_000_000

/** The same work each time; the result is used, or the compiler would leave it out. */
function loopMs(): number {
  const startMs = performance.now()
  let state = 1
  for (let turn = 0; turn < turns; turn += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  const elapsedMs = performance.now() - startMs
  return state === 0 ? Number.NaN : elapsedMs
}

/** A few: the first ones are compiled meanwhile, and a moment's interruption is no mood of the machine. */
parentPort?.postMessage(median(Array.from({ length: 7 }, loopMs)), [])
