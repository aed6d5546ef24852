import { JSONParser } from '@streamparser/json'
import type { JsonValue } from '../../protocol/models.js'
import type { Notes } from '../notes.js'
import { SourceError, type Source } from '../source.js'

/** A value of a JSON file that is too large to be read at once. */
export interface PlacedValue {
  /** Names and numbers from the outermost: `['messages', 16]`. */
  readonly path: readonly (string | number)[]
  readonly value: JsonValue
}

/**
 * The values at some places of a JSON file, each as soon as it is whole, holding one at a time. A file that is cut off or is no JSON from
 * some place on, or can not be read any further, is complained of, and what came before has been given: other files of its archive are read all the same.
 *
 * @param places as `$.guild` and `$.messages.*`; one must not lie within another.
 */
export async function* readJsonValues(
  source: Pick<Source, 'name' | 'read'>,
  places: readonly string[],
  notes: Notes,
): AsyncGenerator<PlacedValue> {
  const values: PlacedValue[] = []
  const parser = new JSONParser({ paths: [...places], keepStack: false })
  let problem: string | undefined
  let unreadable: string | undefined
  parser.onError = (error) => (problem ??= error.message)
  parser.onValue = ({ value, key, stack }) => {
    const path = [...stack.slice(1).map((level) => level.key), key].filter((part) => part !== undefined)
    if (value !== undefined) values.push({ path, value })
  }
  try {
    let isFirst = true
    for await (const chunk of source.read(notes.signal)) {
      parser.write(isFirst ? withoutMark(chunk) : chunk)
      isFirst = false
      yield* values.splice(0)
      if (problem !== undefined) break
    }
    if (problem === undefined && !parser.isEnded) problem = 'it ends in the middle of an object'
  } catch (error) {
    if (notes.signal.aborted) throw error
    if (error instanceof SourceError) unreadable = error.message.replace(`${source.name} `, '')
    else problem = error instanceof Error ? error.message : String(error)
  }
  yield* values.splice(0)
  if (unreadable !== undefined) {
    notes.complain(source.name, unreadable)
  } else if (problem !== undefined) {
    notes.complain(
      source.name,
      `is damaged or cut off (${firstLine(problem)}); all before that place goes in`,
    )
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

const withoutMark = (chunk: Buffer): Buffer =>
  chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk
