import type { Notes } from '../../notes.js'
import { readLines } from '../../lines.js'
import type { ReadableSource } from '../as-far-as-whole.js'
import { DateOrderFinder, isPossible, toEpochMs, type DateOrder } from './date-order.js'
import { readHeader, type Header, type PatternName } from './header.js'

/** How all messages of a file begin: a phone writes an export in one way, and what is written in another was pasted into a message. */
export interface ChatShape {
  readonly pattern: PatternName
  readonly hasSeconds: boolean
  /** Which number of a date is the day. */
  readonly order: DateOrder
}

/** What is known of the headers of one kind. */
interface Kind {
  readonly pattern: PatternName
  readonly hasSeconds: boolean
  readonly finder: DateOrderFinder
  order: DateOrder | undefined
  count: number
}

/** So many headers tell which kind most are of, where a file does not begin with one. */
const enoughHeaders = 200

/**
 * The shape of a file, read as far as need be: its first line tells the kind of its headers, or, where a file was cut within a message,
 * what most of its headers are; a number above 12 tells the order of its dates, wherever it stands.
 *
 * @returns undefined where no line begins a message
 */
export async function findShape(source: ReadableSource, notes: Notes): Promise<ChatShape | undefined> {
  const survey = new Survey()
  for await (const line of readLines(source.read(notes.signal))) {
    const shape = survey.add('problem' in line ? '' : line.text)
    if (shape !== undefined) return shape
  }
  const end = survey.finish()
  if (end?.isGuess === true) {
    const first = end.shape.order === 'month first' ? 'months' : 'days'
    notes.complain(
      source.name,
      `does not show whether its dates begin with the day or the month; ${first} are taken to come first`,
    )
  }
  return end?.shape
}

class Survey {
  readonly #kinds = new Map<string, Kind>()
  #isFirst = true
  #count = 0
  /** What all messages begin with, once that is known. */
  #settled: Kind | undefined

  /** Takes the next line. @returns the shape, where it is plain from those so far */
  add(line: string): ChatShape | undefined {
    const isFirst = this.#isFirst
    this.#isFirst = false
    const header = readHeader(line, this.#settled && [this.#settled.pattern])
    if (header === undefined || (isFirst && !isPossible(header.date))) return undefined
    const kind = this.#kindOf(header)
    kind.count += 1
    this.#count += 1
    kind.order ??= kind.finder.add(header)
    if (isFirst) this.#settled = kind
    else if (this.#count === enoughHeaders) this.#settled ??= this.#commonest()
    const { pattern, hasSeconds, order } = this.#settled ?? {}
    if (pattern === undefined || hasSeconds === undefined || order === undefined) return undefined
    return { pattern, hasSeconds, order }
  }

  /** What can be said when all lines have been seen, and whether the order of dates is a guess. */
  finish(): { readonly shape: ChatShape; readonly isGuess: boolean } | undefined {
    const kind = this.#settled ?? this.#commonest()
    if (kind === undefined) return undefined
    const { order, isGuess } =
      kind.order === undefined ? kind.finder.finish() : { order: kind.order, isGuess: false }
    return { shape: { pattern: kind.pattern, hasSeconds: kind.hasSeconds, order }, isGuess }
  }

  #kindOf({ pattern, hasSeconds }: Header): Kind {
    const key = `${pattern} ${hasSeconds}`
    const known = this.#kinds.get(key)
    if (known !== undefined) return known
    const kind = { pattern, hasSeconds, finder: new DateOrderFinder(), order: undefined, count: 0 }
    this.#kinds.set(key, kind)
    return kind
  }

  /** The first of those that most headers are of. */
  #commonest(): Kind | undefined {
    return [...this.#kinds.values()].toSorted((left, right) => right.count - left.count)[0]
  }
}

/** Midnight of a header's date in UTC; undefined where it is in no calendar. */
export const dateOf = (header: Header, { order }: ChatShape): number | undefined =>
  toEpochMs(header.date, header.isYearFirst ? 'year first' : order)
