import type { EmbeddingOwner } from '../../protocol/models.js'
import type { PendingEmbedding } from '../../protocol/pending-models.js'
import type { VectorInput } from '../../protocol/wire.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { Execute } from '../calls/execute.js'

/** Messages or segments to make vectors of, which nobody else has while the lease lasts. */
export interface EmbeddingBatch {
  readonly leaseId: string
  readonly model: string
  readonly owner: EmbeddingOwner
  /** When somebody else may get them, by this program's clock, or some milliseconds later. */
  readonly expiresAt: Date
  readonly items: readonly PendingEmbedding[]
  /**
   * Stores a vector for each item, in their order; `null` skips one, which is asked for again when its content changes. What the lease
   * holds no more, or has changed since, is passed over: somebody else has it, or it comes again.
   *
   * @returns how many vectors were stored.
   * @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, and what a write throws
   */
  store(vectors: readonly (VectorInput | null)[]): Promise<number>
  /**
   * Gives the items back.
   *
   * @param options `retryInMs` default 0: how long nobody gets them, for what failed; up to a day.
   * @returns how many it still held.
   */
  release(options?: { readonly retryInMs?: number | undefined }): Promise<number>
}

/** What of a database this needs. */
export interface EmbeddedDatabase {
  readonly execute: Execute
  ready(): Promise<void>
}

export class LeasedBatch implements EmbeddingBatch {
  readonly leaseId: string
  readonly model: string
  readonly owner: EmbeddingOwner
  readonly expiresAt: Date
  readonly items: readonly PendingEmbedding[]
  /** Whether nobody has said yet what becomes of it. */
  isOpen = true
  readonly #database: EmbeddedDatabase
  readonly #onSettled: () => void

  constructor(
    database: EmbeddedDatabase,
    leased: Omit<EmbeddingBatch, 'store' | 'release'>,
    onSettled: () => void,
  ) {
    const { leaseId, model, owner, expiresAt, items } = leased
    this.leaseId = leaseId
    this.model = model
    this.owner = owner
    this.expiresAt = expiresAt
    this.items = items
    this.#database = database
    this.#onSettled = onSettled
  }

  async store(vectors: readonly (VectorInput | null)[]): Promise<number> {
    if (!Array.isArray(vectors) || vectors.length !== this.items.length) {
      const message = `vectors must be a list of ${this.items.length}, one for each item, or null for one to skip`
      throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'vectors' })
    }
    // What a program's model has not answered is not what the program wants skipped.
    const missing = vectors.findIndex((vector) => vector === undefined)
    if (missing !== -1) {
      const field = `vectors[${missing}]`
      throw new ConvoDbError('INVALID_ARGUMENT', `${field} is missing; null skips an item`, { field })
    }
    const { owner: ownerType, model, leaseId } = this
    const embeddings = this.items.flatMap(({ ownerId }, index) => {
      const vector = vectors[index] ?? null
      return vector === null ? [] : [{ ownerType, ownerId, model, vector }]
    })
    const skipped = this.items.filter((_, index) => vectors[index] === null)
    return this.#settle(async () => {
      const { execute } = this.#database
      const stored = embeddings.length === 0 ? 0 : await execute('storeEmbeddings', { embeddings, leaseId })
      if (skipped.length > 0) await this.#release(skipped, { skip: true })
      return stored
    })
  }

  async release(options: { readonly retryInMs?: number | undefined } = {}): Promise<number> {
    return this.#settle(() => this.#release(this.items, options))
  }

  #release(
    items: readonly PendingEmbedding[],
    options: { readonly retryInMs?: number | undefined; readonly skip?: boolean },
  ): Promise<number> {
    const { owner, model, leaseId } = this
    const ownerIds = items.map(({ ownerId }) => ownerId)
    return this.#database.execute('releaseEmbeddings', { owner, model, leaseId, ownerIds, ...options })
  }

  /** What fails leaves it open, to be tried once more. */
  async #settle(work: () => Promise<number>): Promise<number> {
    this.isOpen = false
    try {
      await this.#database.ready()
      return await work()
    } catch (error) {
      this.isOpen = true
      throw error
    } finally {
      this.#onSettled()
    }
  }
}
