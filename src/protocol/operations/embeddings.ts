import { Type } from 'typebox'
import { id, ids, list, object, optional, time, vector } from '../fields.js'
import { read, write } from '../operation.js'
import { embedding } from '../result-models.js'
import { wholeNumber, listOf } from '../results.js'

const ownerType = Type.Union([Type.Literal('message'), Type.Literal('segment')])

export const embeddingOperations = {
  storeEmbeddings: write({
    params: object({
      embeddings: list(object({ ownerType, ownerId: id, model: id, vector, createdAt: optional(time) })),
    }),
    result: wholeNumber,
  }),
  getEmbeddings: read({
    params: object({ ownerType, ownerIds: ids, model: optional(id) }),
    result: listOf(embedding),
  }),
  deleteEmbeddings: write({
    params: object({ ownerType, ownerIds: ids, model: optional(id) }),
    result: wholeNumber,
  }),
}
