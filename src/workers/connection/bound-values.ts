/** Texts, quoted names and comments, which are left alone; or a bound value. */
const parts = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|[?:]\w*/g

/**
 * SQL in which a plus stands before each bound value. SQLite looks at bound values while it plans, and so compiles a statement anew
 * each time that other ones are bound, 5 to 20 microseconds; behind a plus, which changes no value, it does not look
 * (docs/decisions/0048-bound-values.md).
 */
export const hideBoundValues = (sql: string): string =>
  sql.replaceAll(parts, (part) => (part.startsWith('?') || part.startsWith(':') ? `+${part}` : part))
