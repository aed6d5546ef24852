/** How far the words are indexed, and how often what is not was changed. */
export interface WordState {
  readonly lastKey: number
  readonly changes: number
}
