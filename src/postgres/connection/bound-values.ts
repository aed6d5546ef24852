import { encodeArray, type Element, type ElementType } from './arrays.js'
import { encodeText } from './text.js'

/** Values that statements bind. Texts are escaped on the way in and out; ids go through `id` before. */
export type Value = string | number | boolean | null | Uint8Array | Id | Ids | readonly (Element | Id)[]

/** An id as it is kept. */
export class Id {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Many of them. */
export class Ids {
  readonly texts: readonly string[]
  constructor(texts: readonly string[]) {
    this.texts = texts
  }
}

/** As `pg` takes it. */
export function toBound(value: Value, elementType: ElementType | undefined): unknown {
  if (typeof value === 'string') return encodeText(value)
  if (value instanceof Id) return value.text
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value !== 'object' || value === null) return value
  const elements = value instanceof Ids ? value.texts : value.map(toElement)
  return (elementType && encodeArray(elementType, elements)) ?? elements
}

const toElement = (item: Element | Id): Element =>
  typeof item === 'string' ? encodeText(item) : item instanceof Id ? item.text : item
