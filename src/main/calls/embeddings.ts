import type { Embedding } from '../../protocol/models.js'
import type { EmbeddingOwners, NewEmbedding, StoreEmbeddingsParams } from '../../protocol/parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'
import { isList, type ListOr } from './id-params.js'

/** Embeddings of messages and segments, one for each owner and model. */
export function embeddingCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * Stores up to 100,000 embeddings, all or none; an owner's earlier one of the same model is replaced. A model's
     * first vector fixes its dimension.
     *
     * @param embeddings a list of `{ ownerType: 'message' | 'segment', ownerId, model, vector }`, or `{ embeddings }`;
     *   `vector`: Float32Array, numbers, or base64 of little-endian float32.
     * @returns how many were stored.
     * @throws INVALID_ARGUMENT, NOT_FOUND (no such owner), DIMENSION_MISMATCH, OVERLOADED, TOO_LARGE
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
     * @param owners as for `getEmbeddings`.
     * @returns how many there were.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.deleteEmbeddings({ ownerType: 'segment', ownerIds: ['s1'] })
     */
    deleteEmbeddings: (owners: EmbeddingOwners, options?: CallOptions): Promise<number> =>
      execute('deleteEmbeddings', owners, options),
  }
}
