import { Pace, type Steps } from '../../protocol/steps.js'

/** An object or a list whose end has not come yet. */
interface Open {
  readonly value: Record<string, unknown> | unknown[]
  /** Of an object: the key of the value that comes next. */
  key: string | undefined
}

/**
 * `JSON.parse` in steps, for the few texts that are so long that it would hold up the event loop. Strings, numbers and words are
 * read by `JSON.parse` itself.
 *
 * @throws SyntaxError
 */
export function* parseJsonInSteps(text: string): Steps<unknown> {
  const pace = new Pace()
  const stack: Open[] = []
  let at = 0
  let result: { readonly value: unknown } | undefined
  const fail = (): never => {
    throw new SyntaxError(`Unexpected token at position ${at}`)
  }
  const skip = (): void => {
    while (at < text.length && ' \n\r\t'.includes(text.charAt(at))) at += 1
  }
  const put = (value: unknown): void => {
    const open = stack.at(-1)
    if (open === undefined) result = { value }
    else if (Array.isArray(open.value)) open.value.push(value)
    else if (open.key === undefined) fail()
    else define(open.value, open.key, value)
    if (open !== undefined) open.key = undefined
  }
  /** A value, and all brackets that open with it. */
  const readValue = (): void => {
    for (;;) {
      skip()
      const first = text.charAt(at)
      if (first !== '{' && first !== '[') {
        const end = endOfToken(text, at)
        put(JSON.parse(text.slice(at, end)))
        at = end
        return
      }
      at += 1
      const value = first === '{' ? {} : []
      put(value)
      stack.push({ value, key: undefined })
      skip()
      if (text.charAt(at) === (first === '{' ? '}' : ']')) return
      if (first === '{') readKey()
    }
  }
  const readKey = (): void => {
    skip()
    const open = stack.at(-1)
    if (open === undefined || text.charAt(at) !== '"') return fail()
    const end = endOfToken(text, at)
    open.key = String(JSON.parse(text.slice(at, end)))
    at = end
    skip()
    if (text.charAt(at) !== ':') fail()
    at += 1
  }

  readValue()
  while (stack.length > 0) {
    skip()
    const isList = Array.isArray(stack.at(-1)?.value)
    const sign = text.charAt(at)
    at += 1
    if (sign === ',') {
      if (!isList) readKey()
      readValue()
    } else if (sign === (isList ? ']' : '}')) {
      stack.pop()
    } else {
      fail()
    }
    if (pace.isOver()) {
      yield
      pace.restart()
    }
  }
  skip()
  if (at < text.length || result === undefined) fail()
  return result?.value
}

/** As JSON.parse does it: `__proto__` is a key like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
  } else {
    object[key] = value
  }
}

const tokenEnd = /[\s,:{}[\]]|$/g

/** Where the string, number or word ends that begins there. */
function endOfToken(text: string, start: number): number {
  if (text.charAt(start) !== '"') {
    tokenEnd.lastIndex = start
    return tokenEnd.exec(text)?.index ?? text.length
  }
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    if (!isEscaped(text, end)) return end + 1
  }
  return text.length
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1
  return backslashes % 2 === 1
}
