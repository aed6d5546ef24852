import { Best } from './best.js'
import type { CodesPart, PlacesPart, SketchesPart } from './block-parts.js'
import { errorOf, type QueryCode } from './codes.js'
import { scan } from './scan.js'
import { estimate, type QuerySketch } from './sketches.js'

/** Which vectors of a block may be found; undefined: all. */
export type IsAllowed = ((index: number, key: number) => boolean) | undefined

/** Whose place is asked for: a user's, or in a stretch of time, both ends exclusive. */
export interface PlaceFilter {
  readonly userKey: number | undefined
  readonly after: number
  readonly before: number
}

export const isInPlace = ({ userKey, after, before }: PlaceFilter, time: number, user: number): boolean =>
  time > after && time < before && (userKey === undefined || user === userKey)

export const isAt = (filter: PlaceFilter, { times, users }: PlacesPart, index: number): boolean =>
  isInPlace(filter, times[index] ?? 0, users[index] ?? 0)

/** All whose value may be among the greatest `count`, where each is known to lie between two numbers. */
class Contenders {
  readonly #minimum: number
  /** Of the values that there are at least. */
  readonly #lows: Best
  readonly #keys: number[] = []
  readonly #highs: number[] = []

  constructor(count: number, minimum: number) {
    this.#minimum = minimum
    this.#lows = new Best(count)
  }

  /** What a value has to reach. */
  get least(): number {
    return Math.max(this.#lows.threshold, this.#minimum)
  }

  add(low: number, high: number, key: number): void {
    this.#keys.push(key)
    this.#highs.push(high)
    this.#lows.offer(low, key)
  }

  get keys(): number[] {
    const { least } = this
    return this.#keys.filter((_, index) => (this.#highs[index] ?? 0) >= least)
  }
}

/**
 * Vectors that may be among the best by what their codes say: whatever is left out has a score, proven, below those of as many others as
 * are asked for, or below the least score that is asked for.
 */
export class ExactCandidates {
  readonly #query: QueryCode
  readonly #contenders: Contenders

  constructor(query: QueryCode, limit: number, minScore: number) {
    this.#query = query
    this.#contenders = new Contenders(limit, minScore)
  }

  add({ keys, scales, errors, numbers }: CodesPart, isAllowed: IsAllowed): void {
    const query = this.#query
    const contenders = this.#contenders
    const scores = scan().scoreCodes(numbers, keys.length, query.numbers)
    let { least } = contenders
    for (let index = 0; index < keys.length; index += 1) {
      const score = (scores[index] ?? 0) * (scales[index] ?? 0) * query.scale
      const error = errorOf(errors[index] ?? 0, query.error)
      if (!(score + error >= least)) continue
      const key = keys[index] ?? 0
      if (isAllowed !== undefined && !isAllowed(index, key)) continue
      contenders.add(score - error, score + error, key)
      least = contenders.least
    }
  }

  get keys(): number[] {
    return this.#contenders.keys
  }
}

/** The newest, for a vector of zeros: nothing is more like it than anything else. */
export class NewestCandidates {
  readonly #contenders: Contenders

  constructor(limit: number) {
    this.#contenders = new Contenders(limit, Number.NEGATIVE_INFINITY)
  }

  add({ keys }: SketchesPart, { times }: PlacesPart, isAllowed: IsAllowed): void {
    for (let index = 0; index < keys.length; index += 1) {
      const [key, time] = [keys[index] ?? 0, times[index] ?? 0]
      if (time < this.#contenders.least || isAllowed?.(index, key) === false) continue
      this.#contenders.add(time, time, key)
    }
  }

  get keys(): number[] {
    return this.#contenders.keys
  }
}

/** Vectors that are likely among the best by what their sketches say. */
export class LikelyCandidates {
  readonly #query: QuerySketch
  readonly #best: Best

  constructor(query: QuerySketch, count: number) {
    this.#query = query
    this.#best = new Best(count)
  }

  add({ keys, factors, ones, bits }: SketchesPart, isAllowed: IsAllowed): void {
    const query = this.#query
    const scores = scan().scoreBits(bits, keys.length, query.planes)
    for (let index = 0; index < keys.length; index += 1) {
      const score = estimate(query, scores[index] ?? 0, factors[index] ?? 0, ones[index] ?? 0)
      if (!(score > this.#best.threshold)) continue
      const key = keys[index] ?? 0
      if (isAllowed === undefined || isAllowed(index, key)) this.#best.offer(score, key)
    }
  }

  get keys(): readonly number[] {
    return this.#best.numbers
  }
}
