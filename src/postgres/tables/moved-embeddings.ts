import { vectorOf } from '../../protocol/direction.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { directionsOf, toDirection } from './directions.js'

const select = `
  SELECT model_key AS "modelKey", vector, created_at AS "createdAt" FROM message_embeddings WHERE message_key = $1 AND channel_id = $2`
const insert = `
  INSERT INTO message_embeddings (channel_id, message_key, model_key, vector, created_at) VALUES ($1, $2, $3, $4, $5)`
const insertWithDirection = `
  INSERT INTO message_embeddings (channel_id, message_key, model_key, vector, created_at, direction)
  VALUES ($1, $2, $3, $4, $5, $6::text::vector)`

interface Row {
  readonly modelKey: number
  readonly vector: Uint8Array
  readonly createdAt: number
}

/** What `insertMovedEmbeddings` writes again, behind the message's new row. */
export const readEmbeddings = (session: Session, from: readonly [number, Value]): Promise<Row[]> =>
  session.all<Row>(select, from)

export async function insertMovedEmbeddings(
  session: Session,
  to: readonly [Value, number],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const isUsable = (await directionsOf(session)) === 'usable'
  for (const { modelKey, vector, createdAt } of rows) {
    const values = [...to, modelKey, vector, createdAt]
    if (isUsable) await session.run(insertWithDirection, [...values, toDirection(vectorOf(vector))])
    else await session.run(insert, values)
  }
}
