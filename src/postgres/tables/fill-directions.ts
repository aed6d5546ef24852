import { vectorOf } from '../../protocol/direction.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'
import { hasDirections, toDirection } from './directions.js'

const rowsPerSlice = 500

interface OwnerSql {
  readonly select: string
  readonly fill: string
}

// Ranges of message_embeddings_without_direction and segment_embeddings_without_direction. A vector that is another by now has its own.
const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    select: `
      SELECT model_key AS "modelKey", channel_id AS "channelId", message_key AS key, vector FROM message_embeddings
      WHERE direction IS NULL AND (model_key, channel_id, message_key) > ($1::bigint, $2::text, $3::bigint)
      ORDER BY model_key, channel_id, message_key LIMIT $4`,
    fill: `
      UPDATE message_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::text[])
        AS filled (model_key, channel_id, message_key, vector, direction)
      WHERE embeddings.message_key = filled.message_key AND embeddings.channel_id = filled.channel_id
        AND embeddings.model_key = filled.model_key AND embeddings.vector = filled.vector AND embeddings.direction IS NULL`,
  },
  segment: {
    select: `
      SELECT model_key AS "modelKey", channel_id AS "channelId", segment_key AS key, vector FROM segment_embeddings
      WHERE direction IS NULL AND (model_key, channel_id, segment_key) > ($1::bigint, $2::text, $3::bigint)
      ORDER BY model_key, channel_id, segment_key LIMIT $4`,
    fill: `
      UPDATE segment_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::text[])
        AS filled (model_key, channel_id, segment_key, vector, direction)
      WHERE embeddings.segment_key = filled.segment_key AND embeddings.channel_id = filled.channel_id
        AND embeddings.model_key = filled.model_key AND embeddings.vector = filled.vector AND embeddings.direction IS NULL`,
  },
}

interface Unfilled {
  readonly modelKey: number
  readonly channelId: string
  readonly key: number
  readonly vector: Uint8Array
}

/** Gives pgvector the vectors that were stored before it came, or that went to another channel: a slice a transaction. */
export async function fillDirections(session: Session): Promise<void> {
  if (!(await hasDirections(session))) return
  await fill(session, sqlByOwner.message)
  await fill(session, sqlByOwner.segment)
}

async function fill(session: Session, sql: OwnerSql): Promise<void> {
  let last: Unfilled | undefined
  do {
    const place = last === undefined ? [0, '', 0] : [last.modelKey, session.id(last.channelId), last.key]
    const rows: Unfilled[] = await session.all(sql.select, [...place, rowsPerSlice])
    const filled = rows.flatMap(({ vector, ...row }) => {
      const direction = toDirection(vectorOf(vector))
      return direction === null ? [] : [{ ...row, vector, direction }]
    })
    await session.run(sql.fill, [
      filled.map(({ modelKey }) => modelKey),
      session.ids(filled.map(({ channelId }) => channelId)),
      filled.map(({ key }) => key),
      filled.map(({ vector }) => `\\x${Buffer.from(vector).toString('hex')}`),
      filled.map(({ direction }) => direction),
    ])
    last = rows.length < rowsPerSlice ? undefined : rows.at(-1)
  } while (last !== undefined)
}
