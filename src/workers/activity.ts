/** What messages add up to, for one channel or user. */
export interface Activity {
  count: number
  earliest: number
  latest: number
}

/** Adds one message. */
export function note(activities: Map<number, Activity>, key: number, timestamp: number): void {
  const activity = activities.get(key)
  if (activity === undefined) {
    activities.set(key, { count: 1, earliest: timestamp, latest: timestamp })
    return
  }
  activity.count += 1
  if (timestamp > activity.latest) activity.latest = timestamp
  if (timestamp < activity.earliest) activity.earliest = timestamp
}
