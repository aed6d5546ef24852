import type { Weights } from './conversations.js'

/** Learnt from annotated chat by `bench/segmenting/train.ts` (docs/recall.md); beside each the feature that it is of. */
export const learntWeights: Weights = {
  link: [
    -0.01, // always
    -0.38, // log seconds between
    -0.61, // log seconds beyond a minute
    -0.84, // log messages between
    2.27, // same user
    1.52, // same user, their latest
    5.86, // addresses its user
    -1.45, // addresses somebody else
    1.18, // same user, same address
    -2.31, // same user, other address
    2.14, // it addresses the user
    -2.13, // it addresses somebody else
    5.31, // both address the same
    4.96, // mentions its user
    1.87, // it mentions the user
    1.24, // rare words shared
    1.03, // latest of another user
    0.49, // its user has last spoken to this one
    -0.78, // latest of its segment
    1.17, // user is in its segment
    1.83, // addresses somebody in its segment
  ],
  start: [
    0.01, // always
    1.2, // has not spoken lately
    -0.2, // addresses somebody
    1.03, // asks
    0.81, // log words
    -0.32, // log seconds since the message before
  ],
}
