import type { EmbeddingOwner } from './models.js'
import type { Period } from './parameters.js'
import type { TimeInput, VectorInput } from './wire.js'

export interface NewEmbedding {
  readonly ownerType: EmbeddingOwner
  /** The message's or the segment's id. */
  readonly ownerId: string
  /** Its first vector says the dimension of all others. */
  readonly model: string
  readonly vector: VectorInput
  /** Default: now. */
  readonly createdAt?: TimeInput | undefined
}

export interface StoreEmbeddingsParams {
  /** Up to 100,000; one for an owner and model replaces the one before. */
  readonly embeddings: readonly NewEmbedding[]
  /** Of `leaseEmbeddings`: passes over what it does not hold any more, or what has changed since. Default: stores all of them. */
  readonly leaseId?: string | undefined
}

export interface EmbeddingOwners {
  readonly ownerType: EmbeddingOwner
  /** Up to 100,000. */
  readonly ownerIds: readonly string[]
  /** Default: all models. */
  readonly model?: string | undefined
}

export interface SearchByVectorParams extends Period {
  readonly model: string
  /** What to look for: of the model's dimension. */
  readonly vector: VectorInput
  /** Whose embeddings to look at. */
  readonly owner: EmbeddingOwner
  /** Default: all channels. */
  readonly channelId?: string | undefined
  /** Several channels, up to 100,000; in place of `channelId`. */
  readonly channelIds?: readonly string[] | undefined
  /** Who wrote the message; of messages alone. */
  readonly userId?: string | undefined
  /** How many at most, 1 to 10,000. Default 10. */
  readonly limit?: number | undefined
  /** Leaves out what is less alike. Default: nothing. */
  readonly minScore?: number | undefined
  /**
   * `true` compares every vector, `false` never more than the likely ones. Default: every one, where there are up to 40 million numbers in
   * the channels asked for (100,000 vectors of 400).
   */
  readonly exact?: boolean | undefined
}
