const maxLength = 200

/** The day stands first, then the time, then maybe its zone, and nothing else: what stands there else would say another time. */
const written =
  /^(?<date>.*?)(?:T|[\s,]+(?:at\s+)?)(?<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?(?:\s*(?<half>[ap])\.?m\b\.?)?(?<zone>[^\d:][^(]*)?(?:\(.*)?$/i

/** As RFC 5322 and RFC 2822 before it write it; the day of the week may be missing. */
const ofMail = /^(?:[a-z]+[\s,.]+)?(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3})[a-z]*\.?[\s,-]+(?<year>\d{2,4})$/i

/** As C's asctime writes it, and lines that begin a mail: `Mon Jan  2 15:04:05 2006`, maybe with a zone before the year or behind it. */
const ofClock =
  /\b(?<month>[a-z]{3})\s+(?<day>\d{1,2})\s+(?<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\s+(?<zone>[+-]\d{4}|[a-z]{1,7}))?\s+(?<year>\d{4})(?:\s+(?<late>[+-]\d{4}|[a-z]{1,7}))?\s*$/i

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Zones by name, in hours (RFC 5322, 4.3, and those of Europe and Japan that old programs wrote). Of others nobody knows, and they are UTC. */
const hoursOfZones: ReadonlyMap<string, number> = new Map([
  ['EST', -5],
  ['EDT', -4],
  ['CST', -6],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
  ['BST', 1],
  ['CET', 1],
  ['MET', 1],
  ['MEZ', 1],
  ['CEST', 2],
  ['MEST', 2],
  ['MET DST', 2],
  ['MESZ', 2],
  ['EET', 2],
  ['EEST', 3],
  ['MSK', 3],
  ['JST', 9],
])

const minuteMs = 60_000
/** Before it nobody sent mail: what says so comes of a clock that was not set. */
const earliestMs = Date.UTC(1970, 0, 2)

/**
 * A date of a mail as people's programs have written it in forty years, in UTC where it names no zone.
 *
 * @returns epoch milliseconds; undefined where it is none, or one before there was mail
 */
export function timeOfMail(date: string | undefined): number | undefined {
  const text = (date ?? '').replaceAll(/\([^()]*\)/g, ' ').trim()
  if (text.length > maxLength) return undefined
  const timeMs = timeOfWritten(text) ?? timeOfClock(text)
  return timeMs === undefined || timeMs < earliestMs ? undefined : timeMs
}

function timeOfWritten(text: string): number | undefined {
  const { date = '', time = '', half = '', zone = '' } = written.exec(text)?.groups ?? {}
  const { day, month = '', year = '' } = ofMail.exec(date)?.groups ?? {}
  return sumOf(
    day === undefined ? dayOfOther(date) : dayOf(year, month, day),
    msOf(time, half),
    minutesOf(zone),
  )
}

function timeOfClock(text: string): number | undefined {
  const { day = '', month = '', year = '', time = '', zone, late } = ofClock.exec(text)?.groups ?? {}
  return sumOf(dayOf(year, month, day), msOf(time, ''), minutesOf(zone ?? late ?? ''))
}

function sumOf(dayMs: number | undefined, ms: number | undefined, minutes: number | undefined) {
  if (dayMs === undefined || ms === undefined || minutes === undefined) return undefined
  return dayMs + ms - minutes * minuteMs
}

/** The beginning of a day in UTC; undefined where the month is not so long. */
function dayOf(year: string, month: string, day: string): number | undefined {
  const number = months.indexOf(month.toLowerCase())
  if (number === -1) return undefined
  const dayMs = Date.UTC(fullYear(year), number, Number(day))
  return new Date(dayMs).getUTCDate() === Number(day) ? dayMs : undefined
}

/** Of a date that is written otherwise: `2006-01-02`, `Monday, January 2, 2006`. It has a year, a month and a day, as JavaScript reads them. */
function dayOfOther(date: string): number | undefined {
  const numbers = date.match(/\d+/g) ?? []
  const hasMonth = date.split(/[^a-z]+/i).some((word) => months.includes(word.slice(0, 3).toLowerCase()))
  if (numbers.length !== (hasMonth ? 2 : 3) || !numbers.some(({ length }) => length === 4)) return undefined
  const dayMs = Date.parse(`${date} 00:00 UTC`)
  return Number.isNaN(dayMs) ? undefined : dayMs
}

/** @param half `a` or `p` of a clock of twelve hours */
function msOf(time: string, half: string): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  if (time === '' || hours > 24 || minutes > 59 || seconds > 60) return undefined
  const ofDay = half === '' || hours > 12 ? hours : (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  return ((ofDay * 60 + minutes) * 60 + seconds) * 1_000
}

/** Two digits are of 1950 to 2049; three are years since 1900, as clocks wrote them in 2000 (RFC 5322, 4.3). */
function fullYear(year: string): number {
  const number = Number(year)
  if (year.length === 2) return number + (number < 50 ? 2_000 : 1_900)
  return year.length === 3 ? number + 1_900 : number
}

/** Of `+0200`, `+02:00`, `+2`, `GMT+0200`, `-0500 EST`, `EST`, and of the name of one that nobody knows; undefined where it is no zone. */
function minutesOf(zone: string): number | undefined {
  const groups =
    /^(?<name>[a-z./_ ]*)(?:(?<sign>[+-])(?<hours>\d{1,2}):?(?<minutes>\d{2})?[a-z./_ ]*)?$/i.exec(
      zone.trim(),
    )?.groups
  if (groups === undefined) return undefined
  const { name = '', sign, hours, minutes = '0' } = groups
  if (hours === undefined) return 60 * (hoursOfZones.get(name.toUpperCase()) ?? 0)
  return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))
}
