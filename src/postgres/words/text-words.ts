import { IndexWords } from '../../protocol/words/index-words.js'
import { maxCount } from '../../protocol/words/scores.js'
import { scanWords, type Run } from '../../protocol/words/scan-words.js'

/** The words of a text, each with how often it stands there, up to 255; and how many words there are. */
export interface TextWords {
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
}

let counts = new Map<string, number>()
const indexWords = new IndexWords({
  word({ codePoints }: Run, start: number, end: number) {
    const word = String.fromCodePoint(...codePoints.subarray(start, end))
    counts.set(word, (counts.get(word) ?? 0) + 1)
  },
})

/** The same words that a database in a file indexes. */
export function wordsOfText(text: string): TextWords {
  counts = new Map()
  indexWords.count = 0
  scanWords(text, indexWords)
  for (const [word, count] of counts) if (count > maxCount) counts.set(word, maxCount)
  return { counts, length: indexWords.count }
}
