import type { DatabaseManager, SearchByVectorParams } from 'convodb'
import { message } from './databases.js'
import type { randomNumbers } from './random-numbers.js'

interface Row {
  readonly id: string
  readonly order: number
  readonly channelId: string
  readonly userId: string
  readonly timestamp: number
  readonly vectors: ReadonlyMap<string, Float32Array>
}

type Search = Omit<SearchByVectorParams, 'owner' | 'channelIds'> & {
  readonly channelIds?: readonly string[] | undefined
}

const models = ['small', 'large']

/** Changes messages and their vectors at random, in a database and in a list, and searches both. */
export class VectorOracle {
  readonly #random: ReturnType<typeof randomNumbers>
  readonly #dimension: number
  readonly #rows = new Map<string, Row>()
  #stored = 0

  constructor(random: ReturnType<typeof randomNumbers>, dimension: number) {
    this.#random = random
    this.#dimension = dimension
  }

  /** Mostly new messages; others are stored again elsewhere, lose their vectors or get others, or are deleted. */
  async change(db: DatabaseManager, count: number): Promise<void> {
    const { below, next } = this.#random
    const changed = new Map<string, Row>()
    const ids = [...this.#rows.keys()]
    for (let step = 0; step < count; step += 1) {
      const isNew = next() < 0.7 || ids.length === 0
      const id = isNew ? `m${this.#stored}` : (ids[below(ids.length)] ?? '')
      const row = this.#rowOf(id, this.#rows.get(id)?.order ?? this.#stored)
      if (isNew) this.#stored += 1
      changed.set(id, row)
      this.#rows.set(id, row)
    }
    await db.addMessages(
      [...changed.values()].map(({ id, channelId, userId, timestamp }) =>
        message(id, { channelId, userId, timestamp }),
      ),
    )
    for (const model of models) {
      const without = [...changed.values()].filter(({ vectors }) => !vectors.has(model)).map(({ id }) => id)
      await db.deleteEmbeddings({ ownerType: 'message', ownerIds: without, model })
    }
    await db.storeEmbeddings(
      [...changed.values()].flatMap(({ id, vectors }) =>
        [...vectors].map(([model, vector]) => ({
          ownerType: 'message' as const,
          ownerId: id,
          model,
          vector,
        })),
      ),
    )
    const deleted = [...this.#rows.keys()].filter(() => next() < 0.08)
    await db.deleteMessages(deleted)
    for (const id of deleted) this.#rows.delete(id)
    if (next() < 0.3) {
      await db.deleteChannel('c2')
      for (const row of this.#rows.values()) if (row.channelId === 'c2') this.#rows.delete(row.id)
    }
  }

  randomSearch(): Search {
    const { below, next } = this.#random
    const maybe = <Value>(value: Value): Value | undefined => (next() < 0.4 ? value : undefined)
    return {
      model: models[below(2)] ?? '',
      vector: this.#vector(),
      limit: [1, 10, 60][below(3)],
      channelIds: maybe(['c0', `c${below(4)}`]),
      userId: maybe(`u${below(5)}`),
      after: maybe(below(40)),
      before: maybe(60 + below(40)),
      minScore: maybe(0.1),
    }
  }

  /** What is found, and what should be. */
  async ask(db: DatabaseManager, search: Search) {
    const matches = await db.searchByVector({ ...search, owner: 'message' })
    const found = matches.map((match) => [match.messageId, match.score])
    return { found, expected: this.#expected(search) }
  }

  #expected({ model, vector, limit = 10, channelIds, userId, after, before, minScore = -1 }: Search) {
    const query = Float32Array.from(
      Array.isArray(vector) || vector instanceof Float32Array ? [...vector] : [],
    )
    return [...this.#rows.values()]
      .flatMap((row) => {
        const stored = row.vectors.get(model)
        return stored === undefined ? [] : [{ ...row, score: plainCosine(query, stored) }]
      })
      .filter((row) => channelIds?.includes(row.channelId) ?? true)
      .filter((row) => userId === undefined || row.userId === userId)
      .filter(
        (row) => row.timestamp > Number(after ?? -Infinity) && row.timestamp < Number(before ?? Infinity),
      )
      .filter((row) => row.score >= minScore)
      .toSorted((a, b) => b.score - a.score || b.timestamp - a.timestamp || b.order - a.order)
      .slice(0, limit)
      .map(({ id, score }) => [id, score])
  }

  #rowOf(id: string, order: number): Row {
    const { below, next } = this.#random
    return {
      id,
      order,
      channelId: `c${below(4)}`,
      userId: `u${below(5)}`,
      timestamp: below(100),
      vectors: new Map(models.filter(() => next() < 0.8).map((model) => [model, this.#vector()])),
    }
  }

  /** Some are of zeros, some the same as others, and some point the same way. */
  #vector(): Float32Array {
    const { below, next, vector } = this.#random
    const choice = next()
    if (choice < 0.02) return new Float32Array(this.#dimension)
    if (choice < 0.1)
      return Float32Array.from({ length: this.#dimension }, (_, index) => (index === 3 ? 1 + below(3) : 0))
    return vector(this.#dimension)
  }
}

function plainCosine(one: Float32Array, other: Float32Array): number {
  let [dot, a, b] = [0, 0, 0]
  one.forEach((value, index) => {
    const number = other[index] ?? 0
    dot += value * number
    a += value * value
    b += number * number
  })
  const score = a === 0 || b === 0 ? 0 : dot / Math.sqrt(a) / Math.sqrt(b)
  return Math.round(score * 1e12) / 1e12 + 0
}
