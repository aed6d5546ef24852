import { createHash } from 'node:crypto'
import { elementTypesOf, type ElementType } from './arrays.js'

/** What is known of a statement by its text alone. */
interface Facts {
  readonly name: string
  readonly elementTypes: readonly (ElementType | undefined)[]
}

const facts = new Map<string, Facts>()

/**
 * A statement that has a name is prepared once a connection. It is the same name in every process: behind a pooler that nobody was told of,
 * another one's would be somebody else's statement.
 */
export function factsOf(sql: string): Facts {
  const known = facts.get(sql)
  if (known !== undefined) return known
  const name = `convodb_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
  const found = { name, elementTypes: elementTypesOf(sql) }
  facts.set(sql, found)
  return found
}
