import { ConvoDbError } from '../protocol/errors.js'

const usualWriters = 2
const mostWriters = 4

/** Over how many connections messages are stored: `?writers=4`, from 1 to 4, by default 2. @throws INVALID_ARGUMENT */
export function writersOfUrl(url: string): number {
  const given = URL.canParse(url) ? new URL(url).searchParams.get('writers') : null
  if (given === null) return usualWriters
  const writers = /^\d$/.test(given) ? Number(given) : 0
  if (writers >= 1 && writers <= mostWriters) return writers
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    `writers in the URL must be from 1 to ${mostWriters}, and is '${given}'`,
    { field: 'path' },
  )
}
