import { assertPostgresUrl } from '../protocol/assert-postgres-url.js'

/** Whether a database is on a PostgreSQL server, rather than in a file. */
export const isPostgresUrl = (path: string): boolean => /^postgres(ql)?:\/\//i.test(path)

/** As it may be shown. @throws INVALID_ARGUMENT where it is no URL */
export function withoutPassword(url: string): string {
  assertPostgresUrl(url)
  const shown = new URL(url)
  shown.password = ''
  shown.searchParams.delete('password')
  return shown.href
}
