import { createRows, type Row } from './rows.js'

const words = 30_000
const wordsOfText = 10
const consonants = 'bcdfghjklmnprstvwz'
const vowels = 'aeiou'

/** The nth draw in [0, 1) of a fixed sequence. */
const draw = (index: number): number => ((index + 1) * (Math.sqrt(5) - 2) * 997) % 1

/** A word made up for a rank: the same each time, and every rank has another. */
function wordOfRank(rank: number): string {
  let word = ''
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / 90))
    word += consonants.charAt(rest % 18) + vowels.charAt(Math.floor(rest / 18) % 5)
  return word
}

/** As words are in any language: the rank of one is as likely as it is small (Zipf's law). */
const rankOf = (index: number): number => Math.floor(words ** draw(index)) - 1

const textOf = (index: number): string =>
  Array.from({ length: wordsOfText }, (_, place) => wordOfRank(rankOf(index * wordsOfText + place))).join(' ')

/** Messages of which each says something else: 30,000 words, a few of them in most messages, most of them in few. */
export const createSpokenRows = (count: number, first = 0): readonly Row[] =>
  createRows(count, first).map((row, index) => ({ ...row, content: textOf(first + index) }))

/** Two words to look for, common and rare ones in turn. */
export function pairToFind(index: number): string {
  const ranks = [0, 2, 10, 60, 300, 1_500]
  const rank = (at: number): number => (ranks[at % ranks.length] ?? 0) + (index % 5)
  return `${wordOfRank(rank(index))} ${wordOfRank(rank(Math.floor(index / ranks.length) + 1))}`
}
