import { lengthOf } from '../../protocol/direction.js'
import type { Session } from '../connection/session.js'

/** What pgvector's type takes. */
const maxDimension = 16_000

const selectColumn = `
  SELECT count(*) > 0 AS "isThere" FROM pg_attribute
  WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped`

/**
 * Whether vectors are kept for pgvector, too. To be asked in the transaction that needs to know: the column comes while nobody is in
 * one that writes (schema/add-directions.ts), and goes with the extension.
 */
export const hasDirections = async (session: Session): Promise<boolean> =>
  (await session.get<{ isThere: boolean }>(selectColumn))?.isThere === true

/**
 * A vector of length 1, as pgvector reads one; null for one that has no direction or is too long, which is compared by ourselves. Of other
 * lengths large numbers would overflow: pgvector adds up in single precision.
 */
export function toDirection(vector: Float32Array): string | null {
  const length = lengthOf(vector)
  if (length === 0 || vector.length > maxDimension) return null
  return `[${Array.from(vector, (number) => (number / length).toPrecision(9)).join(',')}]`
}
