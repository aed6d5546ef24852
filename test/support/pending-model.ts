import fc from 'fast-check'
import type { DatabaseManager } from 'convodb'
import { expect } from 'vitest'
import { message } from './databases.js'
import { pendingIds } from './pending.js'

/** What is known of a message, by the rules and not by their means. */
interface Known {
  text: number
  hasVector: boolean
  isPending: boolean
  /** By which lease, and whether its text has changed since. */
  heldBy: string | undefined
  hasChanged: boolean
}

const id = fc.integer({ min: 0, max: 5 })
export const step = fc.oneof(
  fc.record({ kind: fc.constant('store' as const), id, text: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({ kind: fc.constant('lease' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('storeLeased' as const), lease: fc.nat(3) }),
  fc.record({ kind: fc.constant('release' as const), lease: fc.nat(3) }),
  fc.record({ kind: fc.constant('storeVector' as const), id }),
  fc.record({ kind: fc.constant('deleteVector' as const), id }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What is pending of one model's, beside a database. */
export class PendingModel {
  readonly known = new Map<string, Known>()
  readonly #leases: { readonly leaseId: string; readonly ownerIds: readonly string[] }[] = []
  readonly #db: DatabaseManager
  readonly #asked: { readonly model: string; readonly owner: 'message' }

  constructor(db: DatabaseManager, model: string) {
    this.#db = db
    this.#asked = { model, owner: 'message' }
  }

  async take(given: Step): Promise<void> {
    const db = this.#db
    switch (given.kind) {
      case 'store': {
        const ownerId = `m${given.id}`
        await db.storeMessage(message(ownerId, { content: `text ${given.text}` }))
        const before = this.known.get(ownerId)
        if (before?.text === given.text) return
        const hasChanged = before?.heldBy !== undefined
        const { hasVector = false, heldBy } = before ?? {}
        this.known.set(ownerId, { text: given.text, hasVector, heldBy, hasChanged, isPending: true })
        return
      }
      case 'delete':
        await db.deleteMessages([`m${given.id}`])
        this.known.delete(`m${given.id}`)
        return
      case 'lease':
        return this.#lease(given.limit)
      case 'storeLeased': {
        const lease = this.#leases[given.lease]
        if (lease === undefined) return
        const { leaseId, ownerIds } = lease
        const held = this.#heldBy(leaseId)
        const stored = await db.storeEmbeddings({ embeddings: ownerIds.map(this.#vectorOf), leaseId })
        expect(stored).toBe(held.filter(({ hasChanged }) => !hasChanged).length)
        for (const one of held) {
          const { hasChanged, hasVector } = one
          Object.assign(one, { isPending: hasChanged, hasVector: hasVector || !hasChanged })
          Object.assign(one, { heldBy: undefined, hasChanged: false })
        }
        return
      }
      case 'release': {
        const lease = this.#leases[given.lease]
        if (lease === undefined) return
        const held = this.#heldBy(lease.leaseId)
        expect(await db.releaseEmbeddings({ ...this.#asked, ...lease })).toBe(held.length)
        for (const one of held) Object.assign(one, { heldBy: undefined, hasChanged: false })
        return
      }
      case 'storeVector': {
        const one = this.known.get(`m${given.id}`)
        if (one === undefined) return
        await db.storeEmbeddings([this.#vectorOf(`m${given.id}`)])
        Object.assign(one, {
          isPending: one.hasChanged,
          hasVector: true,
          heldBy: undefined,
          hasChanged: false,
        })
        return
      }
      case 'deleteVector': {
        const one = this.known.get(`m${given.id}`)
        const count = await db.deleteEmbeddings({ ownerType: 'message', ownerIds: [`m${given.id}`] })
        expect(count).toBe(one?.hasVector === true ? 1 : 0)
        if (one?.hasVector === true) Object.assign(one, { hasVector: false, isPending: true })
      }
    }
  }

  async #lease(limit: number): Promise<void> {
    const { leaseId, items } = await this.#db.leaseEmbeddings({ ...this.#asked, limit })
    const free = [...this.known.values()].filter(({ isPending, heldBy }) => isPending && heldBy === undefined)
    expect(items).toHaveLength(Math.min(limit, free.length))
    const ownerIds = items.map(({ ownerId }) => ownerId)
    expect(new Set(ownerIds).size).toBe(items.length)
    for (const { ownerId, text } of items) {
      const one = this.known.get(ownerId)
      expect(one).toMatchObject({ isPending: true, heldBy: undefined })
      expect(text).toBe(`text ${String(one?.text)}`)
      Object.assign(one ?? {}, { heldBy: leaseId, hasChanged: false })
    }
    if (leaseId !== null) this.#leases.unshift({ leaseId, ownerIds })
  }

  readonly #vectorOf = (ownerId: string) => ({
    ownerType: 'message' as const,
    ownerId,
    model: this.#asked.model,
    vector: [1],
  })

  readonly #heldBy = (leaseId: string): Known[] =>
    [...this.known.values()].filter(({ heldBy }) => heldBy === leaseId)

  async compare(): Promise<void> {
    const pending = [...this.known].filter(([, { isPending }]) => isPending)
    expect(await this.#db.embeddingProgress(this.#asked)).toEqual({
      total: this.known.size,
      embedded: [...this.known.values()].filter(({ hasVector }) => hasVector).length,
      pending: pending.length,
      leased: [...this.known.values()].filter(({ heldBy }) => heldBy !== undefined).length,
      skipped: 0,
    })
    for (const lease of this.#leases) await this.#db.releaseEmbeddings({ ...this.#asked, ...lease })
    expect((await pendingIds(this.#db, this.#asked.model)).toSorted()).toEqual(
      pending.map(([key]) => key).toSorted(),
    )
  }
}
