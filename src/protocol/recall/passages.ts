import { fitBudget } from '../fit-budget.js'
import type { MessageRow } from '../message-rows.js'
import type { WireResult } from '../operations.js'
import type { Fused } from './fuse.js'

/** A stretch of a conversation, and how far each message is from what was found: 0 is a hit. */
export interface Passage {
  readonly fused: Fused
  readonly channelId: string
  readonly segmentId: string | null
  readonly messages: readonly PassageMessage[]
}

export interface PassageMessage {
  readonly row: MessageRow
  readonly distance: number
}

/** How much of a conversation a hit brings. */
export interface Width {
  readonly context: number
  readonly wholeSegments: boolean
}

/** Of a segment that is brought whole; of a longer one those around the best hit. */
const maxMembers = 200

/** Of what a segment brings its members, up to so many; undefined where a hit brings what stands around it. */
export function membersOf({ segmentKey, messageKeys }: Fused, { context, wholeSegments }: Width) {
  if (segmentKey === undefined || !(wholeSegments || messageKeys.length === 0)) return undefined
  return { segmentKey, limit: wholeSegments ? maxMembers : 2 * context + 1 }
}

/** Up to `limit` of what stands before and from a place on, the nearest of each first: where one side has fewer, the other has more. */
export function balance<Item>(before: readonly Item[], from: readonly Item[], limit: number): Item[] {
  const count = Math.max(limit - from.length, Math.floor(limit / 2))
  return [...before.slice(0, count).toReversed(), ...from].slice(0, limit)
}

/** How far each member of a segment is from the nearest hit; where there is none, from the first one. */
export function distancesOf(keys: readonly number[], hitKeys: readonly number[]): number[] {
  const hits = new Set(hitKeys)
  const places = keys.flatMap((key, index) => (hits.has(key) ? [index] : []))
  const centres = places.length === 0 ? [0] : places
  return keys.map((_, index) => Math.min(...centres.map((centre) => Math.abs(centre - index))))
}

/** A hit and its neighbours, in their order. */
export interface Neighbourhood {
  readonly before: readonly MessageRow[]
  readonly hit: MessageRow
  readonly after: readonly MessageRow[]
}

/** Each message once, in the order of the channel. */
export function mergeNeighbourhoods(neighbourhoods: readonly Neighbourhood[]): PassageMessage[] {
  const found = new Map<string, PassageMessage>()
  const order = new Map<string, number>()
  for (const { before, hit, after } of neighbourhoods)
    for (const [index, row] of [...before, hit, ...after].entries()) {
      const distance = Math.abs(index - before.length)
      const known = found.get(row[0])
      if (known === undefined || distance < known.distance) found.set(row[0], { row, distance })
      if (!order.has(row[0])) order.set(row[0], order.size)
    }
  return [...found.values()].toSorted(
    (a, b) => a.row[4] - b.row[4] || (order.get(a.row[0]) ?? 0) - (order.get(b.row[0]) ?? 0),
  )
}

/** Passages one after another: no message is in two of them, the better one has it. */
export class PassageList {
  readonly #taken = new Set<string>()
  readonly passages: Passage[] = []

  /** Leaves out a passage of which others have all hits. */
  add(passage: Passage): void {
    const messages = passage.messages.filter(({ row }) => !this.#taken.has(row[0]))
    if (!messages.some(({ distance }) => distance === 0)) return
    for (const { row } of messages) this.#taken.add(row[0])
    this.passages.push({ ...passage, messages })
  }
}

/** What fits the budget; passages of which nothing is left go. */
export function cutPassages(passages: readonly Passage[], budget: number): Passage[] {
  const items = passages.flatMap(({ messages }, passage) =>
    messages.map(({ row, distance }) => ({ passage, distance, content: row[3] })),
  )
  const fitting = fitBudget(items, budget, (text) => text.length)
  let next = 0
  return passages.flatMap((passage) => {
    const messages = passage.messages.filter(() => fitting.has(next++))
    return messages.length === 0 ? [] : [{ ...passage, messages }]
  })
}

/** A passage as it is answered, its messages still rows. */
export type FoundPassage = Omit<WireResult<'recall'>[number], 'messages'> & {
  readonly messages: MessageRow[]
}

export const toFoundPassage = (
  { fused, channelId, segmentId, messages }: Passage,
  explains: boolean,
): FoundPassage => ({
  channelId,
  segmentId,
  score: fused.score,
  hitIds: messages.filter(({ distance }) => distance === 0).map(({ row }) => row[0]),
  messages: messages.map(({ row }) => row),
  explanation: explains ? fused.explanation : null,
})
