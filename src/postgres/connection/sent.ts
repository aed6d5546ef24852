import { isAfterFailure } from './errors.js'

/** How the statements of a transaction end that are sent without waiting for the one before: answers come in the order of the statements. */
export class Sent {
  #waiting: Promise<void>[] = []
  #first: { readonly error: unknown } | undefined

  /** To be called with what any statement has met. */
  fail(error: unknown): void {
    this.#first ??= { error }
  }

  /** Of a statement whose result nobody waits for. */
  add(ended: Promise<unknown>): void {
    this.#waiting.push(
      ended.then(
        () => undefined,
        () => undefined,
      ),
    )
  }

  /** Waits for all of them. @throws what the first that failed has met */
  async settle(): Promise<void> {
    await this.#end()
    if (this.#first !== undefined) throw this.#first.error
  }

  /** What is behind an error: where a statement failed because one before it had, that one's. */
  async causeOf(error: unknown): Promise<unknown> {
    await this.#end()
    return this.#first !== undefined && isAfterFailure(error) ? this.#first.error : error
  }

  /** To be called when the transaction went back to where nothing had failed. */
  clear(): void {
    this.#first = undefined
  }

  async #end(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    await Promise.all(waiting)
  }
}
