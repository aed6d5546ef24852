import type { ReadMail } from './mail.js'

/** So many mails' ids are remembered, those that came last. */
const maxRemembered = 20_000

/** A mail whose id is its own. */
type IdentifiedMail = ReadMail & { readonly messageId: string }

/**
 * Tells mails apart that have one Message-ID, as broken programs wrote it: a copy of a mail has its date, another mail has not.
 */
export class MailIds {
  readonly #mails = new Map<string, number | undefined>()

  /** Whether a mail has an id that no other mail before it has. */
  isFree(mail: ReadMail): mail is IdentifiedMail {
    const { messageId, timeMs } = mail
    if (messageId === undefined) return false
    if (this.#mails.has(messageId)) return this.#mails.get(messageId) === timeMs
    this.#mails.set(messageId, timeMs)
    if (this.#mails.size > maxRemembered) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    for (const oldest of this.#mails.keys()) {
      this.#mails.delete(oldest)
      return
    }
  }
}
