import type { JsonObject } from '../../../protocol/models.js'
import { textOf } from '../json-fields.js'

/** So many messages of topics are remembered, those that came last. */
const maxRemembered = 200_000

/**
 * Which topic of a forum a message is in. The export does not say: a message that begins a discussion in a topic replies to the message
 * that made the topic, and others reply to such messages.
 */
export class Topics {
  readonly #topicOf = new Map<string, string>()
  readonly #titles = new Map<string, string>()

  /** The topic's first message, of a message that comes after those before it. */
  topicOf(fields: JsonObject): string | undefined {
    const id = textOf(fields['id'])
    if (id === undefined) return undefined
    const isBeginning = fields['action'] === 'topic_created'
    const replyTo =
      fields['reply_to_peer_id'] === undefined ? textOf(fields['reply_to_message_id']) : undefined
    const topicId = isBeginning ? id : this.#find(replyTo)
    if (topicId === undefined) return undefined
    if (isBeginning) this.#titles.set(id, textOf(fields['title']) ?? '')
    else this.#remember(id, topicId)
    return topicId
  }

  titleOf(topicId: string): string | undefined {
    return this.#titles.get(topicId)
  }

  #find(replyTo: string | undefined): string | undefined {
    if (replyTo === undefined) return undefined
    return this.#titles.has(replyTo) ? replyTo : this.#topicOf.get(replyTo)
  }

  #remember(id: string, topicId: string): void {
    this.#topicOf.set(id, topicId)
    if (this.#topicOf.size <= maxRemembered) return
    for (const oldest of this.#topicOf.keys()) {
      this.#topicOf.delete(oldest)
      return
    }
  }
}
