import { scanWords, type Run, type RunSink } from './scan-words.js'
import type { Term, Unit } from './question.js'

/** A unit of a text, and where it stands there, in UTF-16 units. */
interface PlacedUnit extends Unit {
  readonly from: number
  readonly to: number
}

/** Where a term stands in a text: which one of the terms, and from where to where. Gives whether that is enough of this term. */
export type FoundTerm = (term: number, from: number, to: number) => boolean

/** Looks for terms in a text unit by unit; of the text it keeps as many units as the longest term has. */
class TermWindow implements RunSink {
  readonly #terms: readonly Term[]
  readonly #found: FoundTerm
  /** The last units, each at its number modulo their count. */
  readonly #units: PlacedUnit[] = []
  readonly #length: number
  #count = 0
  /** Terms of which enough was found, by index. */
  readonly #isDone: boolean[] = []

  constructor(terms: readonly Term[], found: FoundTerm) {
    this.#terms = terms
    this.#found = found
    this.#length = Math.max(...terms.map(({ units }) => units.length))
  }

  run({ codePoints, from, to, length }: Run, isSpaceless: boolean): void {
    if (!isSpaceless) {
      const text = String.fromCodePoint(...codePoints.subarray(0, length))
      this.#add({ text, isSpaceless, isJoined: false, from: from[0] ?? 0, to: to[length - 1] ?? 0 })
      return
    }
    for (let at = 0; at < length; at += 1) {
      const text = String.fromCodePoint(codePoints[at] ?? 0)
      this.#add({ text, isSpaceless, isJoined: at > 0, from: from[at] ?? 0, to: to[at] ?? 0 })
    }
  }

  #add(unit: PlacedUnit): void {
    this.#units[this.#count % this.#length] = unit
    this.#count += 1
    this.#terms.forEach((term, index) => {
      const first = this.#isDone[index] === true ? undefined : this.#firstOf(term)
      if (first !== undefined) this.#isDone[index] = this.#found(index, first.from, unit.to)
    })
  }

  /** Where the last units are the term's, one by one: the first of them. From the last one back, which is seldom the term's. */
  #firstOf({ units, isPrefix }: Term): PlacedUnit | undefined {
    if (this.#count < units.length) return undefined
    let first: PlacedUnit | undefined
    for (let at = units.length - 1; at >= 0; at -= 1) {
      first = this.#units[(this.#count - units.length + at) % this.#length]
      if (first === undefined || !isSame(first, units[at], isPrefix && at === units.length - 1))
        return undefined
    }
    return first
  }
}

function isSame(unit: Unit, wanted: Unit | undefined, isPrefix: boolean): boolean {
  if (wanted === undefined || unit.isSpaceless !== wanted.isSpaceless) return false
  // What is between two in the question may be between them in the text, or not.
  if (wanted.isJoined && !unit.isJoined) return false
  return isPrefix ? unit.text.startsWith(wanted.text) : unit.text === wanted.text
}

/** Tells of each place where one of the terms stands in the text, side by side, in the order of their ends. */
export function findTerms(text: string, terms: readonly Term[], found: FoundTerm): void {
  if (terms.length > 0) scanWords(text, new TermWindow(terms, found))
}

/** Which of the terms stand in the text, by their index. */
export function termsIn(text: string, terms: readonly Term[]): Set<number> {
  const indices = new Set<number>()
  findTerms(text, terms, (index) => {
    indices.add(index)
    return true
  })
  return indices
}
