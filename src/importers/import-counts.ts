/** What has gone in so far. It grows during an import; everything counted is durable, but in a dry run. */
export interface ImportCounts {
  readonly messagesInserted: number
  readonly messagesUpdated: number
  readonly channels: number
  readonly users: number
  readonly profiles: number
  readonly versions: number
  readonly reactions: number
  readonly segments: number
  readonly embeddings: number
  readonly forgottenUsers: number
  /** Not stored, since their users were forgotten on request. */
  readonly ignoredLines: number
  /** Lines, or other items, that can not be stored. */
  readonly badLines: number
  /** Files that could not be read to their end, or that do not agree with themselves; what is whole in them is in. */
  readonly problems: number
}

export type CountedKind = keyof ImportCounts

export type ChangingCounts = { -readonly [K in CountedKind]: ImportCounts[K] }

export const noCounts = (): ChangingCounts => ({
  messagesInserted: 0,
  messagesUpdated: 0,
  channels: 0,
  users: 0,
  profiles: 0,
  versions: 0,
  reactions: 0,
  segments: 0,
  embeddings: 0,
  forgottenUsers: 0,
  ignoredLines: 0,
  badLines: 0,
  problems: 0,
})

/** How often each of few reasons or names came up. */
export type Occurrences = Readonly<Record<string, number>>

/** What became of one of the files that were given, or found in a folder. */
export interface FileReport {
  readonly name: string
  readonly format: string
  readonly counts: ImportCounts
  /** What was passed over, by reason. */
  readonly skipped: Occurrences
  /** What the format held that has no place here, by name. */
  readonly leftOut: Occurrences
}
