export interface StreamsTask {
  readonly url: string
  readonly apiKey: string
  readonly perSecond: number
  readonly seconds: number
  readonly channels: number
  /** Each follows one of the channels. */
  readonly streams: number
}

export interface StreamsReport {
  readonly storedPerSecond: number
  readonly stored: number
  /** Messages of channels that are followed, and those of them that came. */
  readonly followed: number
  readonly told: number
  /** From a line's last byte on its way to the server until it has come back as an event: more than from its COMMIT. */
  readonly fromSendingMs: { readonly p50: number; readonly p99: number }
}
