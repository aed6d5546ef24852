import { Type } from 'typebox'
import { id, ids, list, object, optional, time, vector } from '../fields.js'
import type { Embedding } from '../models.js'
import { read, returns, write } from '../operation.js'

const ownerType = Type.Union([Type.Literal('message'), Type.Literal('segment')])

export const embeddingOperations = {
  storeEmbeddings: write(
    object({
      embeddings: list(object({ ownerType, ownerId: id, model: id, vector, createdAt: optional(time) })),
    }),
    returns<number>(),
  ),
  getEmbeddings: read(object({ ownerType, ownerIds: ids, model: optional(id) }), returns<Embedding[]>()),
  deleteEmbeddings: write(object({ ownerType, ownerIds: ids, model: optional(id) }), returns<number>()),
}
