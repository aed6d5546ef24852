import type { EmbeddingOwner } from '../../protocol/models.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'

/** How far messages or segments were looked at for vectors of a model. */
export interface EmbeddingPlace {
  readonly placeKey: number
  readonly lastKey: number
}

/** Whose vectors of what. */
export interface ModelOwner {
  readonly owner: EmbeddingOwner
  readonly model: string
}

// Seeks the unique key (owner, model). A damaged row is refused.
const selectPlace = `
  SELECT place_key AS placeKey, last_key AS lastKey FROM embedding_places
  WHERE owner = ? AND model = ? AND ${isWhole('embedding_places')}`
const insertPlace = `INSERT INTO embedding_places (owner, model, last_key) VALUES (?, ?, 0)`
const movePlace = `UPDATE embedding_places SET last_key = ? WHERE place_key = ?`
const selectModelKey = `SELECT model_key AS modelKey FROM embedding_models WHERE model = ?`

export const findEmbeddingPlace = (
  connection: ReadConnection,
  { owner, model }: ModelOwner,
): EmbeddingPlace | undefined => connection.get<EmbeddingPlace>(selectPlace, [owner, model])

/** Before the first message or segment, where nobody has asked before. */
export function ensureEmbeddingPlace(connection: WriteConnection, asked: ModelOwner): EmbeddingPlace {
  const place = findEmbeddingPlace(connection, asked)
  return place ?? { placeKey: connection.insert(insertPlace, [asked.owner, asked.model]), lastKey: 0 }
}

export function moveEmbeddingPlace(connection: WriteConnection, placeKey: number, lastKey: number): void {
  connection.run(movePlace, [lastKey, placeKey])
}

/** Null where there is no vector of it yet. */
export const findModelKey = (connection: ReadConnection, model: string): number | null =>
  connection.get<{ modelKey: number }>(selectModelKey, [model])?.modelKey ?? null
