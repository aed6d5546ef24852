import type { Random } from '../../../demo/random.js'
import type { CrashEvent } from './crash-log.js'

/**
 * Chooses after how many events the power fails, in ascending order: two in three times close to a sync, a truncation, a
 * change of names or an acknowledgement, where most is at stake.
 */
export function chooseCrashPoints(events: readonly CrashEvent[], count: number, random: Random): number[] {
  const delicate = events.flatMap((event, index) =>
    'disk' in event && event.disk.kind === 'write' ? [] : index,
  )
  const choose = (): number => {
    if (delicate.length === 0 || random.chance(1 / 3)) return random.integer(0, events.length)
    return Math.min(events.length, Math.max(0, random.pick(delicate) + random.integer(-2, 3)))
  }
  return Array.from({ length: count }, choose).toSorted((one, other) => one - other)
}
