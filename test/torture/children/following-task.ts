export interface FollowingTask {
  readonly path: string
  readonly perSecond: number
  readonly seconds: number
  /** One of all channels, the others of one each. */
  readonly subscribers: number
}

interface Latency {
  readonly p50: number
  readonly p99: number
}

export interface FollowingReport {
  readonly storedPerSecond: number
  /** Until the last one was told of, too. */
  readonly followedPerSecond: number
  readonly stored: number
  /** To all subscribers together. */
  readonly told: number
  /** From the call that stored a message to the subscriber: more than from its COMMIT. */
  readonly fromCallMs: Latency
  /** From the call's answer: less. */
  readonly fromAnswerMs: Latency
}
