import type { ReadMail } from './mail.js'

/** So many mails' ids are remembered, those that came last. */
const maxRemembered = 100_000

/** A mail whose id is its own. */
type IdentifiedMail = ReadMail & { readonly messageId: string }

/**
 * Tells mails apart that have one Message-ID, as broken programs wrote it: a copy of a mail has its author and date, another mail has not.
 */
export class MailIds {
  readonly #mails = new Map<string, string>()

  /** Whether a mail has an id that no other mail before it has. */
  isFree(mail: ReadMail): mail is IdentifiedMail {
    const { messageId, author, timeMs } = mail
    if (messageId === undefined) return false
    const said = `${timeMs} ${author.userId}`
    const known = this.#mails.get(messageId)
    if (known !== undefined) return known === said
    this.#mails.set(messageId, said)
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
