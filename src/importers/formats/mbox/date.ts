/** As RFC 5322 and RFC 2822 before it write it; the day of the week, the seconds and the zone may be missing. */
const written =
  /^(?:[a-z]+[,.]?\s+)?(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3})[a-z]*\.?[\s,-]+(?<year>\d{2,4})[\s,]+(?<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:\s*(?<zone>[+-]\d{2}:?\d{2}|[a-z]{1,7})\b)?/i

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
  const { day, month, year, time, zone, late } = (written.exec(text) ?? ofClock.exec(text))?.groups ?? {}
  if (day === undefined || month === undefined || year === undefined || time === undefined) return undefined
  const number = months.indexOf(month.toLowerCase())
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  if (number === -1 || Number(day) < 1 || Number(day) > 31 || hours > 24 || minutes > 59 || seconds > 60) {
    return undefined
  }
  const local = Date.UTC(fullYear(year), number, Number(day), hours, minutes, seconds)
  const timeMs = local - minutesOf(zone ?? late ?? '') * minuteMs
  return timeMs < earliestMs ? undefined : timeMs
}

/** Two digits are of 1950 to 2049; three are years since 1900, as clocks wrote them in 2000 (RFC 5322, 4.3). */
function fullYear(year: string): number {
  const number = Number(year)
  if (year.length === 2) return number + (number < 50 ? 2_000 : 1_900)
  return year.length === 3 ? number + 1_900 : number
}

function minutesOf(zone: string): number {
  const { sign, hours, minutes } =
    /^(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})$/.exec(zone)?.groups ?? {}
  if (hours === undefined) return 60 * (hoursOfZones.get(zone.toUpperCase()) ?? 0)
  return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))
}
