import { JSONParser, TokenType } from '@streamparser/json'

/** What a piece of JSON shows of itself at its beginning. */
export interface Shape {
  /** A list, of whose first items the names are. */
  readonly isList: boolean
  /** Names of the outermost object's fields, as far as they are there. */
  readonly names: ReadonlySet<string>
}

/**
 * How JSON begins, of which the rest may be missing.
 *
 * @returns undefined where it is none
 */
export function shapeOf(text: string): Shape | undefined {
  const start = text.trimStart()[0]
  if (start !== '{' && start !== '[') return undefined
  const isList = start === '['
  const depthOfNames = isList ? 2 : 1
  const names = new Set<string>()
  let depth = 0
  let last: unknown
  const parser = new JSONParser({ paths: ['$.none'] })
  parser.onError = () => undefined
  parser.onToken = ({ token, value }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth += 1
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth -= 1
    else if (token === TokenType.COLON && depth === depthOfNames) names.add(String(last))
    last = value
  }
  parser.write(text)
  return { isList, names }
}

/** Whether an object has fields of all these names. */
export const hasNames = (shape: Shape | undefined, ...names: readonly string[]): boolean =>
  shape !== undefined && names.every((name) => shape.names.has(name))
