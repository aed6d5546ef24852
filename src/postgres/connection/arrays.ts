/*
 * Arrays as `array_recv` of PostgreSQL reads them: 1 for their dimension, whether there are NULLs, the elements' type, how many there are,
 * 1 where they begin to be counted; then each one's length and bytes. Written and read they cost half of what their text does.
 */

/** By their numbers in pg_type, which are the same everywhere. */
const oids = { text: 25, bigint: 20, smallint: 21, boolean: 16, bytea: 17, tsvector: 3614 } as const

export type ElementType = keyof typeof oids
export type Element = string | number | boolean | Uint8Array | null

/** Which parameters of a statement are arrays, as it says itself (`$1::text[]`); those of other types stay undefined. */
export function elementTypesOf(sql: string): readonly (ElementType | undefined)[] {
  const types: (ElementType | undefined)[] = []
  for (const [, parameter, type] of sql.matchAll(/\$(\d+)::(\w+)\[\]/g))
    if (isElementType(type)) types[Number(parameter) - 1] = type
  return types
}

const isElementType = (type: string | undefined): type is ElementType =>
  type !== undefined && Object.hasOwn(oids, type)

const headerBytes = 20
const firstBytes = 1 << 16
const keptBytes = 1 << 22
/** Shorter texts are written faster character by character than by a call. */
const shortLength = 48

/** What is being written; it is used again and again. */
let bytes = Buffer.allocUnsafe(firstBytes)
let end = 0

function reserve(count: number): void {
  if (end + count <= bytes.length) return
  const grown = Buffer.allocUnsafe(Math.max(2 * bytes.length, end + count))
  bytes.copy(grown, 0, 0, end)
  bytes = grown
}

/** The array, to be bound as it is; undefined where an element is not of that type, so that the server has to say so. */
export function encodeArray(type: ElementType, elements: readonly Element[]): Buffer | undefined {
  end = headerBytes
  let hasNulls = false
  for (const element of elements) {
    if (element === null) {
      hasNulls = true
      writeLength(-1)
    } else if (!write(type, element)) {
      return undefined
    }
  }
  bytes.writeInt32BE(elements.length === 0 ? 0 : 1, 0)
  bytes.writeInt32BE(hasNulls ? 1 : 0, 4)
  bytes.writeInt32BE(oids[type], 8)
  bytes.writeInt32BE(elements.length, 12)
  bytes.writeInt32BE(1, 16)
  // One without elements has no dimension.
  const array = Buffer.from(bytes.subarray(0, elements.length === 0 ? 12 : end))
  if (bytes.length > keptBytes) bytes = Buffer.allocUnsafe(firstBytes)
  return array
}

function write(type: ElementType, element: Exclude<Element, null>): boolean {
  if (typeof element === 'string') {
    if (type !== 'text') return false
    writeText(element)
    return true
  }
  if (typeof element === 'number') return writeNumber(type, element)
  if (typeof element === 'boolean') {
    if (type !== 'boolean') return false
    writeLength(1)
    bytes[end++] = element ? 1 : 0
    return true
  }
  if (type !== 'bytea' && type !== 'tsvector') return false
  writeLength(element.length)
  reserve(element.length)
  bytes.set(element, end)
  end += element.length
  return true
}

/** Leaves room for a number. */
function writeLength(length: number): void {
  reserve(12)
  end = bytes.writeInt32BE(length, end)
}

function writeNumber(type: ElementType, number: number): boolean {
  if (type === 'bigint' && Number.isSafeInteger(number)) {
    writeLength(8)
    end = bytes.writeInt32BE(Math.floor(number / 2 ** 32), end)
    end = bytes.writeInt32BE(number | 0, end)
    return true
  }
  if (type !== 'smallint' || !Number.isInteger(number) || Math.abs(number) > 32_767) return false
  writeLength(2)
  end = bytes.writeInt16BE(number, end)
  return true
}

function writeText(text: string): void {
  reserve(4 + 3 * text.length)
  const start = end + 4
  const plainEnd = text.length > shortLength ? undefined : writeAscii(text, start)
  const next = plainEnd ?? start + bytes.write(text, start)
  bytes.writeInt32BE(next - start, end)
  end = next
}

/** Gives where it ends; undefined where it has characters that are more than a byte. */
function writeAscii(text: string, start: number): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) return undefined
    bytes[start + at] = unit
  }
  return start + text.length
}
