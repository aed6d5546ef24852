import type { Embedding, MatchedMessage, MatchedSegment, VectorMatch } from '../../protocol/models.js'
import type {
  EmbeddingOwners,
  NewEmbedding,
  SearchByVectorParams,
  StoreEmbeddingsParams,
} from '../../protocol/embedding-parameters.js'
import type { EmbeddingProgress, LeasedEmbeddings } from '../../protocol/pending-models.js'
import type {
  EmbeddingModelOwner,
  LeaseEmbeddingsParams,
  ReleaseEmbeddingsParams,
} from '../../protocol/pending-parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'
import { isList, type ListOr } from './id-params.js'

/** Embeddings of messages and segments, one for each owner and model. */
export function embeddingCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  function searchByVector(
    search: SearchByVectorParams & { readonly owner: 'message' },
    options?: CallOptions,
  ): Promise<MatchedMessage<Metadata>[]>
  function searchByVector(
    search: SearchByVectorParams & { readonly owner: 'segment' },
    options?: CallOptions,
  ): Promise<MatchedSegment<Metadata>[]>
  function searchByVector(
    search: SearchByVectorParams,
    options?: CallOptions,
  ): Promise<VectorMatch<Metadata>[]>
  function searchByVector(search: SearchByVectorParams, options?: CallOptions): Promise<unknown> {
    return execute('searchByVector', search, options)
  }

  return {
    /**
     * Stores up to 100,000 embeddings, all or none; an owner's earlier one of the same model is replaced. A model's
     * first vector fixes its dimension.
     *
     * @param embeddings a list of `{ ownerType: 'message' | 'segment', ownerId, model, vector }`, or `{ embeddings }`;
     *   `vector`: Float32Array, numbers, or base64 of little-endian float32.
     *   `leaseId`, of `leaseEmbeddings`, passes over what that lease holds no more, and what has changed since.
     * @returns how many were stored.
     * @throws INVALID_ARGUMENT, NOT_FOUND (no such owner; not with a `leaseId`), DIMENSION_MISMATCH, OVERLOADED, TOO_LARGE
     * @example await db.storeEmbeddings([{ ownerType: 'message', ownerId: '1', model: 'mini', vector: new Float32Array(384) }])
     */
    storeEmbeddings: (
      embeddings: ListOr<NewEmbedding, StoreEmbeddingsParams>,
      options?: CallOptions,
    ): Promise<number> =>
      execute('storeEmbeddings', isList(embeddings) ? { embeddings } : embeddings, options),

    /**
     * @param owners `ownerType`, `ownerIds` (up to 100,000); `model`, default all models.
     * @returns the embeddings in the order of the owners asked for; owners without any are left out.
     * @throws INVALID_ARGUMENT
     * @example const [embedding] = await db.getEmbeddings({ ownerType: 'message', ownerIds: ['1'], model: 'mini' })
     */
    getEmbeddings: (owners: EmbeddingOwners, options?: CallOptions): Promise<Embedding[]> =>
      execute('getEmbeddings', owners, options),

    /**
     * Finds the messages or segments whose embeddings are most like a vector, by cosine, among all that are stored by then. Scores are
     * of the stored float32 numbers and the same on every machine, in exact and in approximate searches.
     *
     * @param search `model`; `vector`, of its dimension; `owner`: `'message'` or `'segment'`; `channelId` or `channelIds`, default all;
     *   `userId`: who wrote the message; `before`, `after`: times, both exclusive, of the message or of the segment's start;
     *   `limit` 1 to 10,000, default 10; `minScore`, default none; `exact`: `true` compares every vector, `false` never more than
     *   the likely ones, default by how many there are (docs/recall.md).
     * @returns the most alike first, of equal ones the newest, each with `kind` and `score`, the cosine from -1 to 1, which is 0 where a
     *   vector is of zeros. None where nothing has an embedding of that model. Fewer than `limit` where they are 8 Mi characters long together.
     * @throws INVALID_ARGUMENT, DIMENSION_MISMATCH
     * @example
     * const alike = await db.searchByVector({ model: 'mini', vector, owner: 'message', channelId: 'general', limit: 5 })
     */
    searchByVector,

    /**
     * @param owners as for `getEmbeddings`.
     * @returns how many there were.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.deleteEmbeddings({ ownerType: 'segment', ownerIds: ['s1'] })
     */
    deleteEmbeddings: (owners: EmbeddingOwners, options?: CallOptions): Promise<number> =>
      execute('deleteEmbeddings', owners, options),

    /**
     * Leases a batch of what has no vector of a model yet; `pendingEmbeddings` does so again and again.
     *
     * @param asked `model`; `owner`; `limit` 1 to 1,000, default 100; `leaseMs` default 300,000.
     * @returns `leaseId` and `items`, none where nothing is pending that nobody has; `hasMore` to ask again at once; `retryInMs`.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example const { leaseId, items } = await db.leaseEmbeddings({ model: 'mini', owner: 'message', limit: 32 })
     */
    leaseEmbeddings: (asked: LeaseEmbeddingsParams, options?: CallOptions): Promise<LeasedEmbeddings> =>
      execute('leaseEmbeddings', asked, options),

    /**
     * Gives back what was leased, or skips it, until its content changes.
     *
     * @param released `model`, `owner`, `leaseId`, `ownerIds`; `retryInMs` default 0; `skip` default false.
     * @returns how many of them the lease still held.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.releaseEmbeddings({ model: 'mini', owner: 'message', leaseId, ownerIds: ['1'], retryInMs: 60_000 })
     */
    releaseEmbeddings: (released: ReleaseEmbeddingsParams, options?: CallOptions): Promise<number> =>
      execute('releaseEmbeddings', released, options),

    /**
     * How many messages or segments have a vector of a model, and how many are to get one: exact numbers of one moment, which are kept, not
     * counted one by one.
     *
     * @throws INVALID_ARGUMENT
     * @example const { embedded, total } = await db.embeddingProgress({ model: 'mini', owner: 'message' })
     */
    embeddingProgress: (asked: EmbeddingModelOwner, options?: CallOptions): Promise<EmbeddingProgress> =>
      execute('embeddingProgress', asked, options),
  }
}
