import type { ExecutorStats } from '../../stats.js'

/** What a server tells of itself, with times as `Date`. */
export function statsFromJson(json: unknown): ExecutorStats
export function statsFromJson(json: unknown): unknown {
  const stats: Record<string, unknown> = { ...Object(json) }
  delete stats['rows']
  const { lastCheckpoint, scrub } = stats
  return {
    ...stats,
    lastCheckpoint: withTime(lastCheckpoint, 'at'),
    scrub: withTime(scrub, 'lastFinishedAt'),
  }
}

function withTime(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return null
  const time: unknown = Reflect.get(value, field)
  return { ...value, [field]: typeof time === 'string' ? new Date(time) : null }
}
