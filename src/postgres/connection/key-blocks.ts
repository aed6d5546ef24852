/** So many keys a block of the sequence `message_keys` has. */
export const keysPerBlock = 1_000

/** A block that is older is not used: who has stored since would have larger keys, and messages of one time are in the order of their keys. */
const freshMs = 1_000

/** Blocks of keys for messages that a writer takes while the server is busy for it anyway, so that its next batch need not ask. */
export class KeyBlocks {
  #ahead: { readonly blocks: Promise<readonly number[]>; readonly takenAtMs: number } | undefined

  /** The first keys of so many blocks, in their order. */
  async take(count: number, ask: () => Promise<readonly number[]>): Promise<readonly number[]> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead === undefined || performance.now() - ahead.takenAtMs > freshMs) return ask()
    const blocks = await ahead.blocks
    return blocks.length < count ? ask() : blocks
  }

  /** To be called with what will be there when the next ones are taken. */
  keep(blocks: Promise<readonly number[]>): void {
    // Of a transaction that fails they are not known.
    this.#ahead = { blocks: blocks.catch(() => []), takenAtMs: performance.now() }
  }
}
