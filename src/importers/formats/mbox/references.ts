/** So many mails' threads are remembered, those that came last. */
const maxRemembered = 100_000

/** The ids in a header: `<a@example.org> <b@example.org>`. */
export const idsIn = (header: string | undefined): string[] =>
  [...(header ?? '').matchAll(/<([^<>\s]+)>/g)].flatMap(([, id]) => id ?? [])

/** Which thread a mail is in: that of the nearest mail that it refers to, else the first one that it refers to, else its own. */
export class MailThreads {
  readonly #rootOf = new Map<string, string>()

  /** @param references from the oldest to the newest. */
  rootOf(messageId: string, references: readonly string[]): string {
    const known = references.findLast((id) => this.#rootOf.has(id))
    const root = (known === undefined ? undefined : this.#rootOf.get(known)) ?? references[0] ?? messageId
    this.#remember(messageId, root)
    return root
  }

  #remember(messageId: string, root: string): void {
    this.#rootOf.delete(messageId)
    this.#rootOf.set(messageId, root)
    if (this.#rootOf.size <= maxRemembered) return
    for (const oldest of this.#rootOf.keys()) {
      this.#rootOf.delete(oldest)
      return
    }
  }
}
