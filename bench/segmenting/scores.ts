import { greatestAssignment } from './assignment.js'

/** What a message was annotated as, and where a strategy put it; both within one excerpt. */
export interface Labelled {
  readonly excerpt: string
  readonly gold: string
  readonly found: string
}

/** Each 0 to 1, and 1 where both are the same. */
export interface Scores {
  /** The share of messages that a one-to-one matching of segments to conversations covers (Elsner and Charniak 2008). */
  readonly oneToOne: number
  /** 1 minus the variation of information (Meila 2007), scaled by its greatest value, log2 of the messages (Kummerfeld et al. 2019). */
  readonly variation: number
}

/** Of all messages together, as the papers do for a test set of several excerpts. */
export function scoreOf(messages: readonly Labelled[]): Scores {
  const total = messages.length
  let overlap = 0
  let jointEntropy = 0
  let information = 0
  for (const excerpt of Map.groupBy(messages, (message) => message.excerpt).values()) {
    const golds = Map.groupBy(excerpt, ({ gold }) => gold)
    const founds = Map.groupBy(excerpt, ({ found }) => found)
    const table = [...golds.values()].map((members) => {
      const counts = new Map<string, number>()
      for (const { found } of members) counts.set(found, (counts.get(found) ?? 0) + 1)
      for (const [found, count] of counts) {
        const expected = members.length * (founds.get(found)?.length ?? 0)
        jointEntropy -= (count / total) * Math.log2(count / total)
        information += (count / total) * Math.log2((count * total) / expected)
      }
      return [...founds.keys()].map((found) => counts.get(found) ?? 0)
    })
    overlap += greatestAssignment(table.length <= founds.size ? table : transpose(table))
  }
  return {
    oneToOne: overlap / total,
    variation: 1 - (jointEntropy - information) / Math.log2(total),
  }
}

/** The same for each excerpt by itself, and then the mean. */
export function meanScoreOf(messages: readonly Labelled[]): Scores {
  const scores = [...Map.groupBy(messages, ({ excerpt }) => excerpt).values()].map(scoreOf)
  const mean = (value: (score: Scores) => number): number =>
    scores.reduce((sum, score) => sum + value(score), 0) / scores.length
  return { oneToOne: mean(({ oneToOne }) => oneToOne), variation: mean(({ variation }) => variation) }
}

const transpose = (table: readonly (readonly number[])[]): number[][] =>
  (table[0] ?? []).map((_, column) => table.map((row) => row[column] ?? 0))
