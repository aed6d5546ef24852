import { loadavg } from 'node:os'

/** Processes that ran or waited to, mean of the last minute; 0 where the system keeps no count. */
export const loadOfLastMinute = (): number => loadavg()[0] ?? 0

/** At both ends of what was measured, which makes load itself. */
export interface Load {
  readonly before: number
  readonly after: number
}
