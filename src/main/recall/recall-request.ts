import type { RecallParams } from '../../protocol/recall-parameters.js'

/** What passages may cost together, by a counter of the caller's. */
export interface CountedBudget {
  readonly max: number
  /** What a message's text costs: a number of tokens, for example. */
  readonly count: (text: string) => number
}

/** What `recall` takes. */
export interface RecallRequest extends Omit<RecallParams, 'budget'> {
  /** Characters of all contents together, 1 to 1,000,000, or what they may cost by a counter of yours. Default 20,000 characters. */
  readonly budget?: number | CountedBudget | undefined
  /** `'text'`: one text, for a prompt. Default `'passages'`. */
  readonly format?: 'passages' | 'text' | undefined
}
