import { ConvoDbError } from '../protocol/errors.js'

/** Whether a database is on a PostgreSQL server, rather than in a file. */
export const isPostgresUrl = (path: string): boolean => /^postgres(ql)?:\/\//i.test(path)

/** As it may be shown. @throws INVALID_ARGUMENT where it is no URL */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url))
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      'path must be the URL of a PostgreSQL database, such as postgres://user@host:5432/name',
      { field: 'path' },
    )
  const shown = new URL(url)
  shown.password = ''
  shown.searchParams.delete('password')
  return shown.href
}
