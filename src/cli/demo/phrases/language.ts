export const themes = ['technology', 'food', 'music', 'travel', 'sport'] as const
export type Theme = (typeof themes)[number]

/**
 * What people say in one language. `{topic}` stands for one of the theme's topics, `{name}` for the person addressed,
 * `{link}` for a web address. Topics are worded so that they fit every sentence of their language.
 */
export interface Language {
  /** ISO 639-1. */
  readonly code: string
  readonly rightToLeft?: true
  readonly timeZone: string
  readonly givenNames: readonly string[]
  readonly familyNames: readonly string[]
  /** Whether the family name comes first, and what stands between the two. */
  readonly nameOrder: 'given first' | 'family first'
  /** What stands between two sentences; Chinese and Japanese put nothing there. */
  readonly sentenceGap: ' ' | ''
  readonly topics: Readonly<Record<Theme, readonly string[]>>
  readonly greetings: readonly string[]
  readonly questions: readonly string[]
  readonly answers: readonly string[]
  readonly details: readonly string[]
  readonly followUps: readonly string[]
  readonly reactions: readonly string[]
  readonly shares: readonly string[]
  readonly thanks: readonly string[]
}
