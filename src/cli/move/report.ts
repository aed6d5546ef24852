import { formatCount } from '../format.js'
import type { Difference, Digests } from './digests.js'

const mostNamed = 20

/** How many rows of each kind there are, all of them on both sides. */
export function describeMoved(source: Digests): string {
  const rows = new Map<string, number>()
  for (const { kind, count } of source.values()) rows.set(kind, (rows.get(kind) ?? 0) + count)
  const width = Math.max(...[...rows.keys()].map((kind) => kind.length), 0) + 2
  const lines = [...rows].map(([kind, count]) => `${`${kind}:`.padEnd(width)}${formatCount(count)}\n`)
  return `Moved, and compared row by row: counts and checksums of all channels are equal.\n${lines.join('')}`
}

export function describeDifferences(differences: readonly Difference[]): string {
  const named = differences.slice(0, mostNamed).map(({ kind, channelId, sourceRows, targetRows }) => {
    const where = channelId === undefined ? '' : ` of channel '${channelId}'`
    return `${kind}${where}: ${formatCount(sourceRows)} in the source, ${formatCount(targetRows)} in the target\n`
  })
  const others = differences.length - named.length
  return `These differ:\n${named.join('')}${others > 0 ? `and ${formatCount(others)} others\n` : ''}`
}
