import { blockLength } from '../words/changed-words.js'
import type { Candidates, Hit } from './candidates.js'
import type { WordQuestion } from './lookups.js'
import { findMatches } from './matches.js'
import { allowedIn, type Extent, type WordBlock } from './word-blocks.js'

interface TimeSearch {
  readonly blocks: readonly WordBlock[]
  readonly extent: Extent
  readonly question: WordQuestion
  /** Where the page before ended; undefined: from the newest on. */
  readonly after: { readonly timestamp: number; readonly key: number } | undefined
  readonly limit: number
}

const isLater = (
  one: { timestamp: number; key: number },
  other: { timestamp: number; key: number },
): boolean => one.timestamp > other.timestamp || (one.timestamp === other.timestamp && one.key > other.key)

/** The newest hits. Blocks whose messages are all older than those found are not looked at. */
export function findByTime(
  candidates: Candidates,
  { blocks, extent, question, after, limit }: TimeSearch,
): Hit[] {
  let hits: Hit[] = []
  for (const block of blocks.toSorted((one, other) => other.latest - one.latest)) {
    const last = hits.length < limit ? undefined : hits.at(-1)
    if (last !== undefined && block.latest < last.timestamp) break
    if (after !== undefined && block.earliest > after.timestamp) continue
    const found: Hit[] = []
    for (const place of findMatches(block, question, allowedIn(block, extent), extent).places) {
      const key = block.block * blockLength + place
      const timestamp = candidates.timeOf(key)
      if (timestamp === undefined) continue
      const hit = { key, timestamp, score: 0 }
      if (after !== undefined && !isLater(after, hit)) continue
      if (last === undefined || isLater(hit, last)) found.push(hit)
    }
    hits = newest(candidates, hits, found, limit)
  }
  return hits
}

/** Texts are looked at only of hits that may be among them. */
function newest(candidates: Candidates, hits: readonly Hit[], found: readonly Hit[], limit: number): Hit[] {
  const known = new Set(hits)
  const merged: Hit[] = []
  for (const hit of [...hits, ...found].toSorted((one, other) => (isLater(one, other) ? -1 : 1))) {
    if (merged.length === limit) break
    if (known.has(hit) || candidates.hasText(hit.key)) merged.push(hit)
  }
  return merged
}
