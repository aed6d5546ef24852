import { id, ids, leaseLimit, leaseMs, object, optional, retryInMs, truth, words } from '../fields.js'
import type { EmbeddingOwner } from '../models.js'
import { read, write } from '../operation.js'
import type {
  EmbeddingModelOwner,
  LeaseEmbeddingsParams,
  ReleaseEmbeddingsParams,
} from '../pending-parameters.js'
import { embeddingProgress, leasedEmbeddings } from '../result-models.js'
import { wholeNumber } from '../results.js'

const modelOwner = { model: id, owner: words<EmbeddingOwner>('message', 'segment') }

/** The parts of `pendingEmbeddings`; `storeEmbeddings` ends a lease. */
export const pendingOperations = {
  leaseEmbeddings: write({
    params: object<LeaseEmbeddingsParams>({
      ...modelOwner,
      limit: optional(leaseLimit),
      leaseMs: optional(leaseMs),
    }),
    result: leasedEmbeddings,
  }),
  releaseEmbeddings: write({
    params: object<ReleaseEmbeddingsParams>({
      ...modelOwner,
      leaseId: id,
      ownerIds: ids,
      retryInMs: optional(retryInMs),
      skip: optional(truth),
    }),
    result: wholeNumber,
  }),
  embeddingProgress: read({ params: object<EmbeddingModelOwner>(modelOwner), result: embeddingProgress }),
}
