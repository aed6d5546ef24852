/** Of one of the processes that write to the same database. */
export interface BesideTask {
  readonly url: string
  readonly name: string
  readonly milliseconds: number
}

export interface BesideReport {
  /** Messages of this process alone whose storing was acknowledged. */
  readonly stored: readonly string[]
  /** Transactions that were acknowledged, each of which counted one up. */
  readonly increments: number
  readonly calls: number
  /** Codes of calls that failed, and how often. */
  readonly codes: { readonly [code: string]: number }
}
