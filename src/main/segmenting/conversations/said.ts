import type { Message } from '../../../protocol/models.js'

/** What the strategy looks at in a message; it follows from the message alone. */
export interface Said {
  readonly messageId: string
  readonly userId: string
  readonly atMs: number
  /** By what others call its user; none where that is too short to tell. */
  readonly names: readonly string[]
  /** The word that it starts with, where people say whom they talk to. */
  readonly first: string
  /** Every word, names included. */
  readonly words: ReadonlySet<string>
  readonly asks: boolean
}

/** Of a longer text the rest is not looked at: whom it is for, and what it is about, is said by then. */
const maxCharacters = 2_000
const maxWords = 200

/** Letters and digits of any script, and what joins them inside names: `foo_bar`, `foo-bar`, `foo|away`. */
const wordPattern = /[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_\-|[\]`^{}]*/gu
/** Scripts that put no spaces between words. */
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

type Text = Pick<Message, 'messageId' | 'userId' | 'content' | 'timestamp'>

export function readSaid({ messageId, userId, content, timestamp }: Text): Said {
  const text = content.slice(0, maxCharacters).toLowerCase()
  const words = new Set<string>()
  let first = ''
  for (const [word] of text.matchAll(wordPattern)) {
    if (words.size >= maxWords) break
    first ||= word
    if (withoutSpaces.test(word)) addPairs(words, word)
    else words.add(word)
  }
  return {
    messageId,
    userId,
    atMs: timestamp.getTime(),
    names: namesOf(userId),
    first,
    words,
    asks: /[?？؟]/u.test(text),
  }
}

function addPairs(words: Set<string>, run: string): void {
  const characters = [...run]
  for (let index = 0; index + 1 < characters.length; index += 1) {
    words.add(`${characters[index]}${characters[index + 1]}`)
  }
  if (characters.length === 1) words.add(run)
}

/** The id's first word; none where it is so short that it would be in every other sentence. */
function namesOf(userId: string): string[] {
  const [name = ''] = userId.slice(0, maxCharacters).toLowerCase().match(wordPattern) ?? []
  const isShort = name.length < (withoutSpaces.test(name) ? 2 : 3)
  return isShort ? [] : [name]
}
