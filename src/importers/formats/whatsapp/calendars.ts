/** Years of other calendars than the Gregorian one, as phones write them that are set to one of them. */

/** Thai years are ahead by so many. */
const buddhistOffset = 543

/** Before the first year of an era of Japan. */
const eraStarts: Readonly<Record<string, number>> = { R: 2018, H: 1988 }

/** Of two digits, years from here on are Thai ones, 2550 to 2599: nobody wrote messages in 2050 yet. */
const firstShortThaiYear = 50

/** A year, as it is written, in the Gregorian calendar or in the Persian or Islamic one. */
export function readYear(written: string): number {
  const eraStart = eraStarts[written.charAt(0)]
  if (eraStart !== undefined) return eraStart + Number(written.slice(1))
  const year = Number(written)
  if (written.length <= 2) return year < firstShortThaiYear ? 2000 + year : 2500 - buddhistOffset + year
  return year >= 2400 ? year - buddhistOffset : year
}

/** Midnight in UTC; undefined where it is in no calendar. */
export function toMidnight(year: number, month: number, day: number): number | undefined {
  if (isPersian(year)) return persian.toMidnight(year, month, day)
  if (isIslamic(year)) return islamic.toMidnight(year, month, day)
  const epochMs = Date.UTC(year, month - 1, day)
  const date = new Date(epochMs)
  const isDate =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isDate ? epochMs : undefined
}

/** Messages that are exported are of 2009 and later: 1388 and later there, and 1430 and later in the Islamic calendar. */
const isPersian = (year: number): boolean => year >= 1380 && year < 1425
const isIslamic = (year: number): boolean => year >= 1425 && year < 1500

const dayMs = 86_400_000

/** A calendar that ICU knows in one direction: dates are looked for around where they are on average. */
class OtherCalendar {
  readonly #format: Intl.DateTimeFormat
  readonly #epochMs: number
  readonly #daysOfYear: number
  #lastKey = ''
  #last: number | undefined

  /** @param epochMs about when its first year began. */
  constructor(calendar: string, epochMs: number, daysOfYear: number) {
    this.#format = new Intl.DateTimeFormat('en-u-nu-latn', {
      calendar,
      timeZone: 'UTC',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    })
    this.#epochMs = epochMs
    this.#daysOfYear = daysOfYear
  }

  toMidnight(year: number, month: number, day: number): number | undefined {
    const key = `${year}-${month}-${day}`
    // Chats have many messages a day.
    if (key === this.#lastKey) return this.#last
    this.#lastKey = key
    this.#last = this.#find(year, month, day)
    return this.#last
  }

  #find(year: number, month: number, day: number): number | undefined {
    const days = (year - 1) * this.#daysOfYear + ((month - 1) * this.#daysOfYear) / 12 + day
    const nearMs = Math.floor((this.#epochMs + days * dayMs) / dayMs) * dayMs
    for (let distance = 0; distance <= 6; distance += 1) {
      for (const epochMs of [nearMs - distance * dayMs, nearMs + distance * dayMs]) {
        if (this.#isAt(epochMs, year, month, day)) return epochMs
      }
    }
    return undefined
  }

  #isAt(epochMs: number, year: number, month: number, day: number): boolean {
    const parts = new Map(this.#format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
    const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
    return of('year') === year && of('month') === month && of('day') === day
  }
}

const persian = new OtherCalendar('persian', Date.UTC(622, 2, 21), 365.2422)
const islamic = new OtherCalendar('islamic-umalqura', Date.UTC(622, 6, 18), 354.367)
