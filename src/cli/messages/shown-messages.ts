import type { Message } from '../../main/index.js'

/** As many as somebody may still see above. */
const mostShown = 2_000

/** The messages that stand on the screen: an edit or a deletion is told by what it changes. */
export class ShownMessages {
  readonly #shown = new Map<string, Message>()

  get(messageId: string | null): Message | undefined {
    return messageId === null ? undefined : this.#shown.get(messageId)
  }

  add(message: Message): void {
    this.#shown.delete(message.messageId)
    this.#shown.set(message.messageId, message)
    const [oldest] = this.#shown.keys()
    if (this.#shown.size > mostShown && oldest !== undefined) this.#shown.delete(oldest)
  }

  delete(messageId: string): void {
    this.#shown.delete(messageId)
  }
}
