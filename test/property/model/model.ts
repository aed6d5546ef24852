import type { Params } from 'convodb'
import { channelWrites } from './channel-writes.js'
import { embeddingWrites } from './embedding-writes.js'
import { messageWrites } from './message-writes.js'
import type { ModelledName, Write } from './operations.js'
import { segmentWrites } from './segment-writes.js'
import { copyState, Refusal, type State } from './state.js'
import { userWrites } from './user-writes.js'

/** How a write ended: with a value or an error's code. */
export type Outcome = { readonly value: unknown } | { readonly code: string }

/** What each write does and answers. The compiler names every one that is missing. */
const writes: { readonly [N in ModelledName]: (state: State, params: Params<N>) => unknown } = {
  ...channelWrites,
  ...messageWrites,
  ...segmentWrites,
  ...embeddingWrites,
  ...userWrites,
  // What they answer depends on the file alone; that they end well is compared, and that they change nothing.
  checkpoint: () => undefined,
  releaseSpace: () => undefined,
  optimize: () => undefined,
}

const run = <N extends ModelledName>(state: State, { name, params }: Write<N>): unknown =>
  writes[name](state, params)

interface Step {
  readonly state: State
  readonly outcome: Outcome
}

export type Model = (state: State, write: Write) => Step

/** Carries a write out on a copy, so that one that fails leaves nothing behind. */
export const applyWrite: Model = (state, write) => {
  const next = copyState(state)
  try {
    return { state: next, outcome: { value: run(next, write) } }
  } catch (error) {
    if (error instanceof Refusal) return { state, outcome: { code: error.code } }
    throw error
  }
}
