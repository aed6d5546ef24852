import { readYear, toMidnight } from './calendars.js'
import type { Header } from './header.js'

export type DateOrder = 'day first' | 'month first' | 'year first'

/** The likelier ones first, where nothing else tells. */
const orders: readonly DateOrder[] = ['day first', 'month first', 'year first']

/** WhatsApp is from 2009. */
const whatsAppMs = Date.UTC(2009, 0, 1)

/** One date could be one of another chat that somebody pasted into a message; so many are enough. */
const enough = 3

/** What speaks against an order. */
interface Against {
  /** Dates that are in no calendar. */
  impossible: number
  /** Dates from before there were such chats. */
  early: number
  /** How often time runs backwards. */
  falls: number
  firstMs: number
  latestMs: number
}

const nothing = (): Against => ({ impossible: 0, early: 0, falls: 0, firstMs: Infinity, latestMs: -Infinity })

/** What the dates of a file say about which of their numbers is the day. */
export class DateOrderFinder {
  readonly #against: Readonly<Record<DateOrder, Against>> = {
    'day first': nothing(),
    'month first': nothing(),
    'year first': nothing(),
  }
  #hasDots = false
  #hasZeros = false
  #isAmbiguous = false

  /** Takes the next date. @returns the order, where it is plain from those so far */
  add({
    date,
    separator,
    isYearFirst,
    ofDayMs,
  }: Pick<Header, 'date' | 'separator' | 'isYearFirst' | 'ofDayMs'>): DateOrder | undefined {
    if (isYearFirst || date[0].length > 2) return undefined
    if (date[0] !== date[1]) this.#isAmbiguous = true
    if (separator === '.') this.#hasDots = true
    if (date[0].startsWith('0') || date[1].startsWith('0')) this.#hasZeros = true
    for (const order of orders) this.#follow(order, toEpochMs(date, order), ofDayMs)
    const [best, next] = orders.toSorted((left, right) => this.#wrong(left) - this.#wrong(right))
    if (best === undefined || next === undefined) return undefined
    return this.#wrong(next) - this.#wrong(best) >= enough ? best : undefined
  }

  /** What can be said when all dates have been seen: the order that least speaks against, and whether that is a guess. */
  finish(): { readonly order: DateOrder; readonly isGuess: boolean } {
    const order =
      orders.toSorted(
        (left, right) => this.#compare(left, right) || this.#span(left) - this.#span(right),
      )[0] ?? 'day first'
    // Where dates have dots, days come first.
    const isGuess = this.#isAmbiguous && !this.#hasDots && this.#compare('day first', 'month first') === 0
    return { order, isGuess }
  }

  /** How many dates can not be meant so. */
  #wrong(order: DateOrder): number {
    return this.#against[order].impossible + this.#against[order].early
  }

  #compare(left: DateOrder, right: DateOrder): number {
    const [one, other] = [this.#against[left], this.#against[right]]
    return one.impossible - other.impossible || one.early - other.early || one.falls - other.falls
  }

  /**
   * How long the chat would have been. Phones that write the month first write no zeros before it. Of dates without any, each of which
   * could be turned around, the shorter chat is likely: in the longer one people wrote on one day of each month.
   */
  #span(order: DateOrder): number {
    const { firstMs, latestMs } = this.#against[order]
    if (this.#hasDots || this.#hasZeros || order === 'year first') return Number.MAX_VALUE
    return latestMs - firstMs
  }

  #follow(order: DateOrder, dateMs: number | undefined, ofDayMs: number): void {
    const against = this.#against[order]
    if (dateMs === undefined) {
      against.impossible += 1
      return
    }
    if (dateMs < whatsAppMs) against.early += 1
    const timeMs = dateMs + ofDayMs
    if (timeMs < against.latestMs) against.falls += 1
    against.firstMs = Math.min(against.firstMs, timeMs)
    against.latestMs = timeMs
  }
}

/** Whether a date is in a calendar, in whatever order. */
export const isPossible = (date: Header['date']): boolean =>
  orders.some((order) => toEpochMs(date, order) !== undefined)

/** A date's midnight in UTC; undefined where it is in no calendar. A year of two digits is one of this century. */
export function toEpochMs([a, b, c]: Header['date'], order: DateOrder): number | undefined {
  const isYearFirst = a.length > 2 || order === 'year first'
  if (a.length <= 2 && c.length > 2 && order === 'year first') return undefined
  const [year, month, day] = isYearFirst ? [a, b, c] : order === 'day first' ? [c, b, a] : [c, a, b]
  return toMidnight(readYear(year), Number(month), Number(day))
}
