import { maxJsonDepth } from '../../protocol/limits.js'
import type { Reading } from './reading.js'

/** @throws INVALID_ARGUMENT naming the field and what is wrong in it */
export function refuseJson(problem: string, reading: Reading): never {
  const expectation = `must be a plain object that JSON can carry, at most ${maxJsonDepth} levels deep and 4 MiB long`
  return reading.refuse(`${expectation} (${problem.slice(0, 200)})`)
}
