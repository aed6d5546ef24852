/** SQLite's white space; the byte order mark counts as some (https://www.sqlite.org/draft/tokenreq.html). */
const isSpace = (character: string): boolean => ' \t\n\v\f\r\uFEFF'.includes(character)
const isWordCharacter = (character: string): boolean => /[\w$\u0080-\uFFFF]/.test(character)
const closingQuotes: { readonly [opening: string]: string } = { "'": "'", '"': '"', '`': '`', '[': ']' }

interface Token {
  /** Words in capitals; of anything else only the first character. */
  readonly text: string
  readonly end: number
}

function skipSpaceAndComments(sql: string, from: number): number {
  let at = from
  for (;;) {
    while (at < sql.length && isSpace(sql.charAt(at))) at += 1
    if (sql.startsWith('--', at)) at = endOf(sql, '\n', at)
    else if (sql.startsWith('/*', at)) at = endOf(sql, '*/', at + 2)
    else return at
  }
}

function endOf(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from)
  return at === -1 ? sql.length : at + closing.length
}

function readToken(sql: string, start: number): Token {
  const first = sql.charAt(start)
  const closing = closingQuotes[first]
  // A doubled quote inside quotes reads as two quoted texts side by side, which ends at the same place.
  if (closing !== undefined) return { text: first, end: endOf(sql, closing, start + 1) }
  let end = start
  while (end < sql.length && isWordCharacter(sql.charAt(end))) end += 1
  if (end === start) return { text: first, end: start + 1 }
  return { text: sql.slice(start, end).toUpperCase(), end }
}

/** The first tokens of a statement, comments left out. */
export function leadingTokens(sql: string, most: number): string[] {
  const tokens: string[] = []
  for (let at = skipSpaceAndComments(sql, 0); at < sql.length && tokens.length < most;) {
    const { text, end } = readToken(sql, at)
    tokens.push(text)
    at = skipSpaceAndComments(sql, end)
  }
  return tokens
}

/**
 * Splits SQL into statements; empty ones are left out. A trigger's body holds semicolons: it ends, as for
 * `sqlite3_complete`, at an END between two of them (https://www.sqlite.org/c3ref/complete.html).
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let start = 0
  let lastTwo: readonly [string, string] = ['', '']
  let isTrigger = false
  for (let at = skipSpaceAndComments(sql, 0); at < sql.length; at = skipSpaceAndComments(sql, at)) {
    const { text, end } = readToken(sql, at)
    at = end
    if (text === 'TRIGGER') isTrigger ||= createsTrigger(sql.slice(start))
    const isComplete = !isTrigger || (lastTwo[0] === ';' && lastTwo[1] === 'END')
    lastTwo = [lastTwo[1], text]
    if (text !== ';' || !isComplete) continue
    statements.push(sql.slice(start, end))
    start = end
    isTrigger = false
  }
  statements.push(sql.slice(start))
  return statements.filter((statement) => (leadingTokens(statement, 1)[0] ?? ';') !== ';')
}

function createsTrigger(statement: string): boolean {
  const words = leadingTokens(statement, 6).join(' ')
  return /^(EXPLAIN (QUERY PLAN )?)?CREATE (TEMP |TEMPORARY )?TRIGGER/.test(words)
}
