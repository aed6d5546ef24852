import { nextTurn } from './next-turn.js'
import type { Steps } from '../protocol/steps.js'

/** A value that takes too long to be made at once: no call may hold up the event loop. */
export class Stepwise<Value> {
  readonly steps: Steps<Value>
  /** What it weighs so far, where that is known on the way. */
  readonly bytesSoFar: () => number

  constructor(steps: Steps<Value>, bytesSoFar: () => number = () => 0) {
    this.steps = steps
    this.bytesSoFar = bytesSoFar
  }
}

/** Does what can be done at once: the value where that is all of it, else the steps that are left. */
export function startSteps<Value>(steps: Steps<Value>, bytesSoFar?: () => number): Value | Stepwise<Value> {
  const first = steps.next()
  return first.done === true ? first.value : new Stepwise(steps, bytesSoFar)
}

/** The same steps, and at their end what is made of their value. */
export function mapSteps<Value, Mapped>(
  stepwise: Stepwise<Value>,
  map: (value: Value) => Mapped,
): Stepwise<Mapped> {
  function* mapped(): Steps<Mapped> {
    return map(yield* stepwise.steps)
  }
  return new Stepwise(mapped(), stepwise.bytesSoFar)
}

/**
 * Does the steps, each in a turn of the event loop of its own.
 *
 * @param check is called between them; what it throws ends them.
 */
export async function doInTurns<Value>(steps: Steps<Value>, check: () => void): Promise<Value> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await nextTurn()
    check()
  }
}
