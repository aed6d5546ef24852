import { deserialize, serialize } from 'node:v8'
import { copyOf, decodeLongText, toShared, type LongText } from './long-text.js'
import { finishNow, type Steps } from './steps.js'

/**
 * Parameters or a result that are too large for one message, in parts: each is made and read by itself, so that a thread can do
 * other things in between, and all are in memory that threads share, so that nobody copies them whole.
 */
export interface Packed {
  readonly isPacked: true
  /** What it weighs in a queue, estimated. */
  readonly bytes: number
  /** Each is a serialized `Part`. */
  readonly parts: readonly SharedArrayBuffer[]
  readonly texts: readonly LongText[]
}

/** The texts of a part that are packed by themselves: of its value, or of the only item of its list; by field. */
interface LongTexts {
  readonly [field: string]: number
}

/** What is in no list. */
interface RestPart<Rest = unknown> {
  readonly field: null
  readonly value: Rest
  readonly longTexts?: LongTexts
}

/** Some items of the list that is in this field; '' where the value itself is the list. */
interface ListPart<Items = unknown> {
  readonly field: string
  readonly value: Items
  readonly longTexts?: LongTexts
}

export type Part<Rest = unknown, Items = unknown> = RestPart<Rest> | ListPart<Items>

/** A list of so much, in characters, makes a part. */
export const partWeight = 128 * 1024

/** Beside its texts an item weighs so much. */
export const itemWeight = 256

/** Gathers the parts. */
export class Packer {
  readonly #parts: SharedArrayBuffer[] = []
  readonly #texts: LongText[] = []
  #weight = 0

  /** @param weight in characters. */
  add(part: Part, weight: number): void {
    this.#parts.push(toShared(serialize(part)))
    this.#weight += weight
  }

  /** Returns the text's number. */
  addText(text: LongText): number {
    return this.#texts.push(text) - 1
  }

  get bytes(): number {
    return 2 * this.#weight
  }

  finish(): Packed {
    return { isPacked: true, bytes: this.bytes, parts: this.#parts, texts: this.#texts }
  }
}

export const isPacked = (value: unknown): value is Packed =>
  typeof value === 'object' && value !== null && 'isPacked' in value

/** A part, with its long texts put in. */
export function* readPart<Rest, Items>(
  { texts }: Packed,
  shared: SharedArrayBuffer,
): Steps<Part<Rest, Items>> {
  const part: Part<Rest, Items> = deserialize(copyOf(shared))
  const owner = ownerOf(part)
  for (const [field, number] of Object.entries(part.longTexts ?? {})) {
    Reflect.set(owner, field, yield* decodeLongText(texts[number] ?? []))
  }
  return part
}

/** Whose the long texts of a part are. */
export function ownerOf({ field, value }: Part): object {
  const owner: unknown = field !== null && Array.isArray(value) ? value[0] : value
  return Object(owner)
}

/** The whole value again, at once: for threads that nobody waits for meanwhile. */
export function unpackNow(packed: Packed): unknown {
  let rest: object = {}
  const lists = new Map<string, unknown[]>()
  for (const shared of packed.parts) {
    const { field, value } = finishNow(readPart(packed, shared))
    if (field === null) {
      rest = Object(value)
      continue
    }
    const list = lists.get(field) ?? []
    lists.set(field, list)
    if (Array.isArray(value)) for (const item of value) list.push(item)
    else list.push(value)
  }
  return { ...rest, ...Object.fromEntries(lists) }
}
