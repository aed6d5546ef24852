import { applyWrite, type Model } from './model.js'
import { emptyState, type State } from './state.js'

/** Models that say what must not be, each a way in which the database could be wrong. */

/** A write that fails takes the one before it along. */
function neighbourIsLost(): Model {
  let before: State = emptyState()
  return (state, write) => {
    const step = applyWrite(state, write)
    const isFailed = 'code' in step.outcome
    const earlier = before
    before = state
    return isFailed ? { ...step, state: earlier } : step
  }
}

/** What a failed call wrote before its last row stays. */
const halfIsKept: Model = (state, write) => {
  const step = applyWrite(state, write)
  if (!('code' in step.outcome) || write.name !== 'addMessages') return step
  const { messages } = write.params
  const rows = { ...write.params, messages: messages.slice(0, -1) }
  return { ...step, state: applyWrite(state, { name: 'addMessages', params: rows }).state }
}

/** A failed call is answered with another code. */
const codeIsOther: Model = (state, write) => {
  const step = applyWrite(state, write)
  return 'code' in step.outcome ? { ...step, outcome: { code: 'INTERNAL' } } : step
}

/** A message stored again counts twice in no listing, but in its channel's activity it is forgotten. */
const activityIsForgotten: Model = (state, write) => {
  const step = applyWrite(state, write)
  for (const [id, channel] of step.state.channels) step.state.channels.set(id, { ...channel, lastActive: 0 })
  return step
}

/** By what they claim; each call makes a new one. */
export const wrongModels: { readonly [claim: string]: () => Model } = {
  'a failing write takes its neighbour along': neighbourIsLost,
  'a failing write leaves half of its rows behind': () => halfIsKept,
  'a failing write is answered with another code': () => codeIsOther,
  'a channel forgets when it was last active': () => activityIsForgotten,
}
