import { id, ids, list, object, optional, time, vector, words } from '../fields.js'
import type { EmbeddingOwner } from '../models.js'
import { read, write } from '../operation.js'
import type { EmbeddingOwners, NewEmbedding, StoreEmbeddingsParams } from '../parameters.js'
import { embedding } from '../result-models.js'
import { listOf, wholeNumber } from '../results.js'

const ownerType = words<EmbeddingOwner>('message', 'segment')
/** Schema of one. */
export const newEmbedding = object<NewEmbedding>({
  ownerType,
  ownerId: id,
  model: id,
  vector,
  createdAt: optional(time),
})
const owners = object<EmbeddingOwners>({ ownerType, ownerIds: ids, model: optional(id) })

export const embeddingOperations = {
  storeEmbeddings: write({
    params: object<StoreEmbeddingsParams>({ embeddings: list(newEmbedding) }),
    result: wholeNumber,
  }),
  getEmbeddings: read({ params: owners, result: listOf(embedding) }),
  deleteEmbeddings: write({ params: owners, result: wholeNumber }),
}
