import { id, ids, limit, list, object, optional, score, time, truth, vector, words } from '../fields.js'
import type { EmbeddingOwner } from '../models.js'
import { read, write } from '../operation.js'
import type {
  EmbeddingOwners,
  NewEmbedding,
  SearchByVectorParams,
  StoreEmbeddingsParams,
} from '../embedding-parameters.js'
import { embedding, vectorMatch } from '../result-models.js'
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
    params: object<StoreEmbeddingsParams>({ embeddings: list(newEmbedding), leaseId: optional(id) }),
    result: wholeNumber,
  }),
  getEmbeddings: read({ params: owners, result: listOf(embedding) }),
  searchByVector: read({
    params: object<SearchByVectorParams>({
      model: id,
      vector,
      owner: ownerType,
      channelId: optional(id),
      channelIds: optional(ids),
      userId: optional(id),
      before: optional(time),
      after: optional(time),
      limit: optional(limit),
      minScore: optional(score),
      exact: optional(truth),
    }),
    result: listOf(vectorMatch),
  }),
  deleteEmbeddings: write({ params: owners, result: wholeNumber }),
}
