import { scanWords, type Run, type RunSink } from '../../protocol/words/scan-words.js'
import type { Term, Unit } from '../../protocol/words/question.js'

/** A unit of a text, and where it stands there, in UTF-16 units. */
interface PlacedUnit extends Unit {
  readonly from: number
  readonly to: number
}

/** Where a term stands in a text: which one of the terms, and from where to where. */
export type FoundTerm = (term: number, from: number, to: number) => void

/** Looks for terms in a text unit by unit; of the text it keeps as many units as the longest term has. */
class TermWindow implements RunSink {
  readonly #terms: readonly Term[]
  readonly #found: FoundTerm
  readonly #length: number
  #units: PlacedUnit[] = []

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
    if (this.#units.length === this.#length) this.#units.shift()
    this.#units.push(unit)
    this.#terms.forEach((term, index) => {
      const units = this.#units.slice(-term.units.length)
      const [first] = units
      if (first !== undefined && stand(units, term)) this.#found(index, first.from, unit.to)
    })
  }
}

/** Whether these units are the term's, one by one. */
const stand = (units: readonly Unit[], { units: wanted, isPrefix }: Term): boolean =>
  units.length === wanted.length &&
  wanted.every(({ text, isSpaceless, isJoined }, index) => {
    const unit = units[index]
    if (unit === undefined || unit.isSpaceless !== isSpaceless) return false
    // What is between two in the question may be between them in the text, or not.
    if (isJoined && !unit.isJoined) return false
    const isLast = index === wanted.length - 1
    return isLast && isPrefix ? unit.text.startsWith(text) : unit.text === text
  })

/** Tells of each place where one of the terms stands in the text, side by side, in the order of their ends. */
export function findTerms(text: string, terms: readonly Term[], found: FoundTerm): void {
  if (terms.length > 0) scanWords(text, new TermWindow(terms, found))
}

/** Which of the terms stand in the text, by their index. */
export function termsIn(text: string, terms: readonly Term[]): Set<number> {
  const indices = new Set<number>()
  findTerms(text, terms, (index) => indices.add(index))
  return indices
}
