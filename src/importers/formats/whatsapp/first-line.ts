/** Who wrote a message, and how its text begins; nobody where the chat itself says it. */
export interface FirstLine {
  readonly author: string | undefined
  readonly text: string
}

const invisible = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu
const quotes = /["“”„«»「」『』]/gu

/** `Ada: hello`, or `Ada changed the subject to "a: b"`, which is nobody's. */
export function splitFirstLine(rest: string): FirstLine {
  // What comes in later lines is text, also where it looks like a name.
  const end = rest.search(/:(?:[ \n]|$)/u)
  if (end === -1 || rest.lastIndexOf('\n', end) !== -1) return { author: undefined, text: rest }
  const name = rest.slice(0, end)
  const quoteCount = [...name.matchAll(quotes)].length
  const author = name.replaceAll(invisible, '').replaceAll(/\s+/gu, ' ').trim()
  // A quotation that begins before the colon and ends after it is one of a subject.
  if (author === '' || quoteCount % 2 === 1) return { author: undefined, text: rest }
  return { author, text: rest.slice(end + (rest.charAt(end + 1) === ' ' ? 2 : 1)) }
}

/** What chats tell of, in English; other languages' are notices. */
const events: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['name', /\bchanged the (?:subject|group name)\b/u],
  ['topic', /\bchanged (?:the|this) group(?:'s)? description\b/u],
  ['join', /\b(?:added|joined using|was added|were added|joined from)\b/u],
  ['leave', /\b(?:left|removed|was removed|were removed)$/u],
  ['leave', /\bremoved \S/u],
]

/** The kind of a line that nobody wrote. */
export const typeOfEvent = (text: string): string =>
  events.find(([, pattern]) => pattern.test(text))?.[0] ?? 'notice'
