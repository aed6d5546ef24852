import type { Header } from './header.js'

export type DateOrder = 'day first' | 'month first'

/** What the dates of a file say about which of their numbers is the day. */
export class DateOrderFinder {
  readonly #latestMs = { 'day first': -Infinity, 'month first': -Infinity }
  readonly #falls = { 'day first': 0, 'month first': 0 }
  #hasDots = false
  #isAmbiguous = false

  /** Takes the next date. @returns the order, where it is plain from this one */
  add({ date, separator, ofDayMs }: Pick<Header, 'date' | 'separator' | 'ofDayMs'>): DateOrder | undefined {
    const [a, b] = date.map(Number)
    if (a === undefined || b === undefined || date[0].length === 4) return undefined
    if (a > 12 && a <= 31 && b <= 12) return 'day first'
    if (b > 12 && b <= 31 && a <= 12) return 'month first'
    if (a !== b) this.#isAmbiguous = true
    if (separator === '.') this.#hasDots = true
    this.#follow('day first', toEpochMs(date, 'day first'), ofDayMs)
    this.#follow('month first', toEpochMs(date, 'month first'), ofDayMs)
    return undefined
  }

  /** What can be said when all dates have been seen: the order in which time seldom runs backwards, and whether that is a guess. */
  finish(): { readonly order: DateOrder; readonly isGuess: boolean } {
    const difference = this.#falls['day first'] - this.#falls['month first']
    if (difference !== 0) return { order: difference < 0 ? 'day first' : 'month first', isGuess: false }
    // Where dates have dots, days come first.
    return { order: 'day first', isGuess: this.#isAmbiguous && !this.#hasDots }
  }

  #follow(order: DateOrder, dateMs: number | undefined, ofDayMs: number): void {
    if (dateMs === undefined) return
    const timeMs = dateMs + ofDayMs
    if (timeMs < this.#latestMs[order]) this.#falls[order] += 1
    this.#latestMs[order] = timeMs
  }
}

/** A date's midnight in UTC; undefined where it is in no calendar. A year of two digits is one of this century. */
export function toEpochMs([a, b, c]: Header['date'], order: DateOrder): number | undefined {
  const parts = a.length === 4 ? [a, b, c] : order === 'day first' ? [c, b, a] : [c, a, b]
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = parts.map(Number)
  const fullYear = year < 100 ? 2000 + year : year
  const epochMs = Date.UTC(fullYear, month - 1, day)
  const date = new Date(epochMs)
  const isDate =
    date.getUTCFullYear() === fullYear && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isDate ? epochMs : undefined
}
