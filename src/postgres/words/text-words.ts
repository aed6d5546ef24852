import { IndexWords } from '../../protocol/words/index-words.js'
import { maxCount } from '../../protocol/words/scores.js'
import { scanWords, type Run } from '../../protocol/words/scan-words.js'
import { KnownWords, type KnownWord } from './known-words.js'

/** The words of a text, each with how often it stands there, up to 255; and how many words there are. */
export interface TextWords {
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
}

const known = new KnownWords()
let found: KnownWord[] = []
const indexWords = new IndexWords({
  word({ codePoints }: Run, start: number, end: number) {
    const word = known.find(codePoints, start, end)
    if (word.count === 0) found.push(word)
    if (word.count < maxCount) word.count += 1
  },
})

/**
 * The same words that a database in a file indexes, with how often each stands in the text, up to 255.
 *
 * @param use gets them with how many there are, each time that one stands there; their counts are another text's when it has returned
 */
export function withWordsOf<Value>(
  text: string,
  use: (words: readonly KnownWord[], length: number) => Value,
): Value {
  found = []
  indexWords.count = 0
  try {
    scanWords(text, indexWords)
    return use(found, indexWords.count)
  } finally {
    for (const word of found) word.count = 0
    known.limit()
  }
}

export const wordsOfText = (text: string): TextWords =>
  withWordsOf(text, (words, length) => ({
    counts: new Map(words.map((word) => [word.text, word.count])),
    length,
  }))
