import type { Weights } from './conversations.js'

/** Learnt from annotated chat by `bench/segmenting/train.ts` (docs/recall.md); beside each the feature that it is of. */
export const learntWeights: Weights = {
  link: [
    -0.0, // always
    -0.24, // log seconds between
    -0.61, // log seconds beyond a minute
    -0.99, // log messages between
    2.3, // same user
    1.5, // same user, their latest
    6.3, // addresses its user
    -1.05, // addresses somebody else
    1.88, // same user, same address
    -1.89, // same user, other address
    2.15, // it addresses the user
    -2.12, // it addresses somebody else
    5.69, // both address the same
    4.96, // mentions its user
    1.88, // it mentions the user
    1.25, // rare words shared
    1.01, // latest of another user
    0.5, // its user has last spoken to this one
    -0.81, // latest of its segment
    1.15, // user is in its segment
    1.39, // addresses somebody in its segment
  ],
  start: [
    0.01, // always
    1.2, // has not spoken lately
    0.21, // addresses somebody
    1.03, // asks
    0.81, // log words
    -0.19, // log seconds since the message before
  ],
}
