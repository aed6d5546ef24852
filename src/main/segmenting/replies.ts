import type { Strategy } from './strategy.js'

/** A message joins the one that it answers; one that answers none, or one that is not there, starts a segment. */
export const repliesStrategy: Strategy = {
  name: 'replies',
  window: 0,
  readsMessages: false,
  begin: () => ({
    add() {},
    drop() {},
    decide: (_, answered) => (answered === undefined ? 'new' : { segmentId: answered }),
  }),
}
