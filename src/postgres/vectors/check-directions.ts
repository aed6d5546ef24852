import { lengthOf, vectorOf } from '../../protocol/direction.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { VerifyProblem } from '../../protocol/verify.js'
import type { Session } from '../connection/session.js'
import { hasDirection } from '../tables/directions.js'

/** Of which some megabytes are in memory at a time. */
const numbersPerSlice = 100_000
/** What a number of length 1 may be off by in single precision. */
const inaccuracy = 2 ** -23
/** Before the elements of what `array_send` gives of a list of one dimension; each of them is a length and a number. */
const headerBytes = 20
const bytesPerNumber = 8

const selectColumn = `
  SELECT col_description(attrelid, attnum) = 'to be filled' AS "isToBeFilled" FROM pg_attribute
  WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped`
const selectModels = `SELECT model_key AS "modelKey", model, dimension FROM embedding_models ORDER BY model_key`

// Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id, key). Whoever can not name pgvector's
// type can have it as a list.
const selectSlice: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `
    /* all nodes */ SELECT channel_id AS "channelId", message_key AS key, vector, array_send(direction::real[]) AS direction FROM message_embeddings
    WHERE model_key = $1 AND (channel_id, message_key) > ($2::text, $3::bigint) ORDER BY channel_id, message_key LIMIT $4`,
  segment: `
    /* all nodes */ SELECT channel_id AS "channelId", segment_key AS key, vector, array_send(direction::real[]) AS direction FROM segment_embeddings
    WHERE model_key = $1 AND (channel_id, segment_key) > ($2::text, $3::bigint) ORDER BY channel_id, segment_key LIMIT $4`,
}

interface Model {
  readonly modelKey: number
  readonly model: string
  readonly dimension: number
}

interface Row {
  readonly channelId: string
  readonly key: number
  readonly vector: Uint8Array
  readonly direction: Buffer | null
}

/** Compares what pgvector has of each vector with the vector, slice by slice; gives each slice's problems. */
export async function* checkDirections(session: Session): AsyncGenerator<VerifyProblem[]> {
  const column = await session.get<{ isToBeFilled: boolean | null }>(selectColumn)
  if (column === undefined) return
  const models = await session.all<Model>(selectModels)
  for (const owner of ['message', 'segment'] as const) {
    for (const model of models) {
      const count = Math.max(1, Math.floor(numbersPerSlice / model.dimension))
      for (let last: Row | undefined; ;) {
        const place = last === undefined ? ['', 0] : [session.id(last.channelId), last.key]
        const rows: Row[] = await session.all(selectSlice[owner], [model.modelKey, ...place, count])
        yield rows.flatMap((row) => problemOf(owner, model, row, column.isToBeFilled !== true))
        last = rows.at(-1)
        if (rows.length < count) break
      }
    }
  }
}

function problemOf(
  owner: EmbeddingOwner,
  { modelKey, model, dimension }: Model,
  { key, vector, direction }: Row,
  isFilled: boolean,
): VerifyProblem[] {
  // That is a problem of its own, and told already.
  if (vector.length !== 4 * dimension) return []
  const wrong = whatIsWrong(vectorOf(vector), direction, isFilled)
  if (wrong === undefined) return []
  const message = `Of a vector of ${owner} ${key} and model '${model}' pgvector ${wrong}`
  return [{ check: 'vectors', table: `${owner}_embeddings`, key: `${key}/${modelKey}`, message }]
}

function whatIsWrong(vector: Float32Array, direction: Buffer | null, isFilled: boolean): string | undefined {
  const length = lengthOf(vector)
  if (!hasDirection(vector, length))
    return direction === null ? undefined : 'has a direction, and there is none'
  if (direction === null) return isFilled ? 'has no direction, and searches compare it one by one' : undefined
  const isSame =
    direction.length === headerBytes + bytesPerNumber * vector.length &&
    vector.every((number, index) => {
      const kept = direction.readFloatBE(headerBytes + bytesPerNumber * index + 4)
      return Math.abs(number / length - kept) <= inaccuracy
    })
  return isSame ? undefined : 'has another direction, and searches may miss it'
}
