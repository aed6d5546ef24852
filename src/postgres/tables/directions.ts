import { lengthOf } from '../../protocol/direction.js'
import type { Session } from '../connection/session.js'

/** What pgvector's type takes. */
export const maxDimension = 16_000

/** Whether vectors are kept for pgvector, too: there is no column for it, or one of a type that this role can not name, or one to use. */
export type Directions = 'none' | 'hidden' | 'usable'

const selectColumn = `
  SELECT pg_type_is_visible(atttypid) AS "isVisible" FROM pg_attribute
  WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped`

/**
 * To be asked in the transaction that needs to know: the column comes while nobody is in one that writes (schema/add-directions.ts), and
 * goes with the extension.
 */
export async function directionsOf(session: Session): Promise<Directions> {
  const column = await session.get<{ isVisible: boolean }>(selectColumn)
  if (column === undefined) return 'none'
  return column.isVisible ? 'usable' : 'hidden'
}

/** Of zeros, or too long, or with a number that is none (which only SQL can have written): pgvector can not rank it. */
export function hasDirection(vector: Float32Array, length: number): boolean {
  return length > 0 && length < Infinity && vector.length <= maxDimension
}

/**
 * A vector of length 1, as pgvector reads one; null for one that has no direction or is too long, which is compared by ourselves. Of other
 * lengths large numbers would overflow: pgvector adds up in single precision.
 */
export function toDirection(vector: Float32Array): string | null {
  const length = lengthOf(vector)
  if (!hasDirection(vector, length)) return null
  return `[${Array.from(vector, (number) => (number / length).toPrecision(9)).join(',')}]`
}
