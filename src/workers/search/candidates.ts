import type { ReadConnection } from '../connection/connection.js'
import { findSearchedRow, readContent } from '../tables/message-rows.js'
import { isInText, needsTexts } from '../../protocol/words/lookups.js'
import type { WordQuestion } from './lookups.js'

/** What rows must be, beside having the words; times are exclusive. */
export interface RowFilter {
  readonly after: number
  readonly before: number
  readonly messageType: string | undefined
}

/** A message that a search has found. */
export interface Hit {
  readonly key: number
  readonly timestamp: number
  readonly score: number
}

/** Looks at rows that have the words: whether they are there, and what was asked for. */
export class Candidates {
  readonly #connection: ReadConnection
  readonly #filter: RowFilter
  readonly #question: WordQuestion
  readonly #isChecked: boolean

  constructor(connection: ReadConnection, filter: RowFilter, question: WordQuestion) {
    this.#connection = connection
    this.#filter = filter
    this.#question = question
    this.#isChecked = needsTexts(question)
  }

  /** When it was written; undefined when it is none that is asked for. Its text may still say otherwise. */
  timeOf(key: number): number | undefined {
    const row = findSearchedRow(this.#connection, key)
    if (row === undefined) return undefined
    const { after, before, messageType } = this.#filter
    const isAsked =
      row.timestamp > after &&
      row.timestamp < before &&
      (messageType === undefined || row.messageType === messageType)
    return isAsked ? row.timestamp : undefined
  }

  /** Whether what must stand side by side does, and what must not does not. */
  hasText(key: number): boolean {
    return !this.#isChecked || isInText(readContent(this.#connection, key), this.#question)
  }
}
