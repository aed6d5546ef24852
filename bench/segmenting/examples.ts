import { notes, windowSize } from '../../src/main/segmenting/conversations/conversations.js'
import {
  linkFeatures,
  startFeatures,
  weighLinks,
  weighStart,
} from '../../src/main/segmenting/conversations/features.js'
import { readSaid } from '../../src/main/segmenting/conversations/said.js'
import { Window } from '../../src/main/segmenting/conversations/window.js'
import type { Excerpt } from './irc.js'

/** One annotated message: what is known of it as a start, and with each recent message, of which some are of its conversation. */
export interface Example {
  readonly start: Float32Array
  /** A row of features for each recent message. */
  readonly links: Float32Array
  readonly isSame: Uint8Array
}

const links = linkFeatures.length
const starts = startFeatures.length

/** As the annotators see it: what comes before is in its true conversation, and what is not annotated is alone. */
export function examplesOf({ messages, gold }: Excerpt): Example[] {
  const examples: Example[] = []
  const window = new Window()
  for (const message of messages) {
    if (notes.has(message.messageType)) continue
    const { messageId, userId, content } = message
    const said = readSaid({ messageId, userId, content, timestamp: new Date(message.timestamp) })
    const segmentId = gold.get(messageId) ?? messageId
    if (gold.has(messageId)) {
      const example: Example = {
        start: Float32Array.from(weighStart(said, window)),
        links: new Float32Array(links * window.entries.length),
        isSame: new Uint8Array(window.entries.length),
      }
      let index = 0
      weighLinks(said, window, (entry, features) => {
        example.links.set(features, index * links)
        example.isSame[index] = entry.segmentId === segmentId ? 1 : 0
        index += 1
      })
      examples.push(example)
    }
    window.add({ said, segmentId })
    if (window.entries.length > windowSize) window.dropOldest()
  }
  return examples
}

export const featureCounts = { links, starts } as const
