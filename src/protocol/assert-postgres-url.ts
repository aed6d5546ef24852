import { ConvoDbError } from './errors.js'

/** @throws INVALID_ARGUMENT where it is no URL */
export function assertPostgresUrl(url: string): void {
  if (URL.canParse(url)) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    'path must be the URL of a PostgreSQL database, such as postgres://user@host:5432/name',
    { field: 'path' },
  )
}
