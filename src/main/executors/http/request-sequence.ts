/**
 * Numbers the requests of one client. By its number the server knows a request again, and does nothing twice; and it begins them in
 * the order of their numbers, though two may be on their way at once.
 */
export class RequestSequence {
  /** A name that no other client has. */
  readonly #client = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  readonly #unanswered = new Set<number>()
  #last = 0

  /**
   * Sends a request with its number, as the first fields of a JSON object. They are written anew each time that it is sent: what came before
   * it may be settled meanwhile, and without having reached the server, which would wait for it.
   */
  async number<Answer>(send: (fields: () => string) => Promise<Answer>): Promise<Answer> {
    const number = (this.#last += 1)
    this.#unanswered.add(number)
    const fields = (): string => {
      // They are added in order.
      const [oldest = number] = this.#unanswered
      const name = `"client":"${this.#client}","number":${number},"oldest":${oldest}`
      return `"idempotencyKey":"${this.#client}-${number}","sequence":{${name}},`
    }
    try {
      return await send(fields)
    } finally {
      this.#unanswered.delete(number)
    }
  }
}
