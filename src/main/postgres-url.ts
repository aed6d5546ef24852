/** Whether a database is on a PostgreSQL server, rather than in a file. */
export const isPostgresUrl = (path: string): boolean => /^postgres(ql)?:\/\//.test(path)

/** As it may be shown. */
export function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}
