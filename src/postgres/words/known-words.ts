/** A word that was met, with how often it stands in the text that is being looked at. */
export interface KnownWord {
  readonly text: string
  /** Its UTF-8 with a zero behind it, where somebody has asked for it (`bytesOf`). */
  bytes: Uint8Array | undefined
  /** The next one of the same slot. */
  readonly next: KnownWord | undefined
  count: number
}

const slotCount = 1 << 14
const maxWords = 1 << 15

/** FNV-1a over code points (RFC 9923), from a start that nobody knows: else texts could be made of words of one slot. */
const startOfHash = Math.floor(Math.random() * 2 ** 32) | 0
const primeOfHash = 0x01_00_01_93

/**
 * Words as texts and bytes, by their code points. People say the same words again and again: to find one here takes a tenth of
 * making it anew.
 */
export class KnownWords {
  #slots: (KnownWord | undefined)[] = Array.from({ length: slotCount })
  #size = 0

  /** The word of some code points. */
  find(codePoints: Uint32Array, start: number, end: number): KnownWord {
    let hash = startOfHash
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (codePoints[at] ?? 0), primeOfHash)
    const slot = (hash ^ (hash >>> 15)) & (slotCount - 1)
    for (let known = this.#slots[slot]; known !== undefined; known = known.next)
      if (isSame(known.text, codePoints, start, end)) return known
    return this.#add(slot, codePoints.subarray(start, end))
  }

  /** To be called between two texts: forgets all words where they are too many. */
  limit(): void {
    if (this.#size <= maxWords) return
    this.#slots = Array.from({ length: slotCount })
    this.#size = 0
  }

  #add(slot: number, codePoints: Uint32Array): KnownWord {
    const text = String.fromCodePoint(...codePoints)
    const word: KnownWord = { text, bytes: undefined, next: this.#slots[slot], count: 0 }
    this.#slots[slot] = word
    this.#size += 1
    return word
  }
}

export const bytesOf = (word: KnownWord): Uint8Array => (word.bytes ??= Buffer.from(`${word.text}\u0000`))

function isSame(text: string, codePoints: Uint32Array, start: number, end: number): boolean {
  let unit = 0
  for (let at = start; at < end; at += 1) {
    const codePoint = codePoints[at] ?? 0
    const isOne = codePoint < 0x1_00_00
    if ((isOne ? text.charCodeAt(unit) : text.codePointAt(unit)) !== codePoint) return false
    unit += isOne ? 1 : 2
  }
  return unit === text.length
}
