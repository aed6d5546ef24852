/**
 * Parts of blocks that a reader has read, so that the next search does not read them again: copying pages out of SQLite takes
 * several times as long as searching them. A block that changes has a new version, so nothing in here is ever stale.
 */
export class BlockCache {
  #maxBytes = 0
  readonly #parts = new Map<string, Entry>()
  #bytes = 0
  #search = 0
  /** Whether all there is was used by this search, so that nothing more comes in. */
  #isFull = false

  /** Keeps nothing until this is called: who writes sees what may be undone, and a version may come twice then. */
  keepUpTo(maxBytes: number): void {
    this.#maxBytes = maxBytes
  }

  /** To be called when a search begins. */
  beginSearch(): void {
    this.#search += 1
    this.#isFull = false
  }

  /** The part as it is in this version; `read` gives it where it is not here. */
  part(name: string, version: number, read: () => Uint8Array): Uint8Array {
    const kept = this.#parts.get(name)
    if (kept?.version === version) {
      kept.search = this.#search
      return kept.bytes
    }
    if (kept !== undefined) this.#drop(name, kept)
    const bytes = read()
    this.#keep(name, { version, bytes, search: this.#search })
    return bytes
  }

  /**
   * What this search has used stays: of blocks that do not all fit, some are here the next time, too. Dropping the oldest, as one
   * does, would have dropped each just before it is needed.
   */
  #keep(name: string, entry: Entry): void {
    const { length } = entry.bytes
    if (this.#bytes + length > this.#maxBytes && !this.#isFull) this.#makeRoom(length)
    if (this.#bytes + length > this.#maxBytes) return
    this.#parts.set(name, entry)
    this.#bytes += length
  }

  #makeRoom(bytes: number): void {
    for (const [name, entry] of this.#parts) {
      if (this.#bytes + bytes <= this.#maxBytes) return
      if (entry.search < this.#search) this.#drop(name, entry)
    }
    this.#isFull = this.#bytes + bytes > this.#maxBytes
  }

  #drop(name: string, entry: Entry): void {
    this.#parts.delete(name)
    this.#bytes -= entry.bytes.length
  }
}

interface Entry {
  readonly version: number
  readonly bytes: Uint8Array
  search: number
}
