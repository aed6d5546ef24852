import type { EmbeddingOwner } from './models.js'

export interface EmbeddingModelOwner {
  readonly model: string
  /** Whose vectors. */
  readonly owner: EmbeddingOwner
}

export interface LeaseEmbeddingsParams extends EmbeddingModelOwner {
  /** How many at most, 1 to 1,000. Default 100. Their texts have 1 Mi characters together at most, unless one alone has more. */
  readonly limit?: number | undefined
  /** For how long nobody else gets them, in milliseconds, up to a day. Default 5 minutes. */
  readonly leaseMs?: number | undefined
}

export interface ReleaseEmbeddingsParams extends EmbeddingModelOwner {
  readonly leaseId: string
  /** The messages' or segments' ids. */
  readonly ownerIds: readonly string[]
  /** After how many milliseconds somebody may have them, up to a day. Default 0: at once. */
  readonly retryInMs?: number | undefined
  /** `true`: nobody, until their content changes. Default false. */
  readonly skip?: boolean | undefined
}
