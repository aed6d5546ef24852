import type { Candidate, Decider, Decision, Strategy } from '../strategy.js'
import { readSaid, type Said } from './said.js'
import { weighLinks, weighStart } from './features.js'
import { learntWeights } from './weights.js'
import { Window, type Recent } from './window.js'

/** Answers come within so many messages; more would cost more, and find the same. */
export const windowSize = 100

/** What systems note between what people say; it belongs to no conversation. */
export const notes: ReadonlySet<string> = new Set([
  'join',
  'part',
  'quit',
  'nick',
  'mode',
  'kick',
  'topic',
  'system',
])

/** What each feature adds to the logarithm of how likely something is, in the features' order. */
export interface Weights {
  readonly link: readonly number[]
  readonly start: readonly number[]
}

/**
 * A message joins the segment that it most likely goes on with, or starts one if that is likelier: by who speaks, whom they name, the
 * time between, and the rare words that both use. Every recent message speaks for its segment, with weights that are learnt
 * (docs/recall.md).
 */
export const conversationsWith = (weights: Weights): Strategy => ({
  name: 'conversations',
  window: windowSize,
  readsMessages: true,
  begin: () => begin(weights),
})

export const conversationsStrategy: Strategy = conversationsWith(learntWeights)

function begin(weights: Weights): Decider {
  const window = new Window()
  const known = new Map<string, Said>()
  const saidOf = ({ messageId, message }: Candidate): Said | undefined => {
    const said = known.get(messageId) ?? (message && readSaid(message))
    if (said !== undefined) known.set(messageId, said)
    return said
  }
  return {
    add({ candidate, segmentId }) {
      const said = saidOf(candidate)
      if (said !== undefined) window.add({ said, segmentId })
    },
    drop({ candidate }) {
      if (known.delete(candidate.messageId)) window.dropOldest()
    },
    decide(candidate, answered) {
      const { message } = candidate
      if (answered !== undefined) return { segmentId: answered, score: 1 }
      if (message === undefined || notes.has(message.messageType)) return 'none'
      const said = saidOf(candidate)
      return said === undefined ? 'none' : decide(said, window, weights)
    },
  }
}

function decide(said: Said, window: Window, weights: Weights): Decision {
  const start = Math.exp(dot(weights.start, weighStart(said, window)))
  const likelihoods = new Map<string, number>()
  weighLinks(said, window, ({ segmentId }: Recent, features) => {
    const likelihood = Math.exp(dot(weights.link, features))
    likelihoods.set(segmentId, (likelihoods.get(segmentId) ?? 0) + likelihood)
  })
  let sum = start
  let best: string | undefined
  let most = start
  for (const [segmentId, likelihood] of likelihoods) {
    sum += likelihood
    if (likelihood <= most) continue
    best = segmentId
    most = likelihood
  }
  return best === undefined ? 'new' : { segmentId: best, score: most / sum }
}

function dot(weights: readonly number[], features: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < weights.length; index += 1)
    sum += (weights[index] ?? 0) * (features[index] ?? 0)
  return sum
}
