import { ConvoDbError } from './errors.js'

/** Outside the range of a JavaScript Date, so that an open end excludes nothing. */
export const beforeAllTime = -9_000_000_000_000_000
export const afterAllTime = 9_000_000_000_000_000

/** A place in an ordered listing: the order's value and, among equals, the row's key. */
export interface Place {
  readonly value: number
  readonly key: number
}

export const comparePlaces = (one: Place, other: Place): number =>
  one.value - other.value || one.key - other.key

/** Whether one place is not beyond another. */
export const isBehind = (one: Place, place: Place): boolean => comparePlaces(one, place) <= 0

const shape = /^(-?\d{1,16})\.(\d{1,16})$/

export function encodeCursor({ value, key }: Place): string {
  return Buffer.from(`${value}.${key}`).toString('base64url')
}

/** @throws INVALID_ARGUMENT when the text is no cursor of ours */
export function decodeCursor(cursor: string): Place {
  const match = shape.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (match === null) {
    throw new ConvoDbError('INVALID_ARGUMENT', "cursor must be a page's nextCursor, unchanged", {
      field: 'cursor',
    })
  }
  return { value: Number(match[1]), key: Number(match[2]) }
}
