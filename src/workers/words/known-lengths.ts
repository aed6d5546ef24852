interface Known {
  readonly version: number
  readonly lengths: Uint8Array
}

/** The lengths of the messages of blocks, as one reader knows them: a byte a message. */
export class KnownLengths {
  readonly #blocks = new Map<number, Known>()

  /** Those of a block in this version; `read` reads them where they are not known. */
  get(block: number, version: number, read: () => Uint8Array): Uint8Array {
    const known = this.#blocks.get(block)
    if (known?.version === version) return known.lengths
    const lengths = read()
    this.#blocks.set(block, { version, lengths })
    return lengths
  }
}
