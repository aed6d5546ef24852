import { Buffer } from 'node:buffer'
import { WordPageReader, WordPageWriter, type WordPlaces } from './word-page.js'

const noPlaces: WordPlaces = { places: new Uint16Array(0), repeats: new Uint8Array(0) }

/**
 * A page without what stood at some places and with what is new, which stands at those places or behind all others.
 *
 * @returns the page, or undefined when nothing is left of it
 */
export function mergePage(
  page: Uint8Array | undefined,
  isDropped: (place: number) => boolean,
  added: Uint8Array | undefined,
): Uint8Array | undefined {
  const addedWords = readWords(added)
  const writer = new WordPageWriter()
  const reader = new WordPageReader(page ?? new Uint8Array(0))
  while (reader.next()) {
    const { text } = reader
    const more = addedWords.get(text) ?? noPlaces
    addedWords.delete(text)
    writeWord(writer, reader.word, merged(reader.places(), isDropped, more))
  }
  for (const [text, { places, repeats }] of addedWords)
    writeWord(writer, Buffer.from(text), { places: [...places], repeats: [...repeats] })
  return writer.bytes.length === 0 ? undefined : writer.bytes.slice()
}

/** By word. */
export function readWords(page: Uint8Array | undefined): Map<string, WordPlaces> {
  const words = new Map<string, WordPlaces>()
  const reader = new WordPageReader(page ?? new Uint8Array(0))
  while (reader.next()) words.set(reader.text, reader.places())
  return words
}

interface Merged {
  readonly places: number[]
  readonly repeats: number[]
}

/** In the order of the places. */
function merged(old: WordPlaces, isDropped: (place: number) => boolean, more: WordPlaces): Merged {
  const result: Merged = { places: [], repeats: [] }
  let next = 0
  const append = (from: WordPlaces, index: number): void => {
    result.places.push(from.places[index] ?? 0)
    result.repeats.push(from.repeats[index] ?? 1)
  }
  old.places.forEach((place, index) => {
    for (; next < more.places.length && (more.places[next] ?? 0) < place; next += 1) append(more, next)
    if (!isDropped(place)) append(old, index)
  })
  for (; next < more.places.length; next += 1) append(more, next)
  return result
}

function writeWord(writer: WordPageWriter, word: Uint8Array, { places, repeats }: Merged): void {
  if (places.length === 0) return
  writer.begin(word, 0, word.length)
  places.forEach((place, index) => writer.place(place, repeats[index] ?? 1))
  writer.end()
}
