interface Notes {
  /** All requests that were begun. */
  readonly begun: readonly string[]
  readonly unanswered: readonly string[]
  readonly answered: readonly string[]
  /** Keys and answers. */
  readonly wrong: readonly string[]
}

/** What processes have noted, of which each was killed: what follows the last end of a line is a line cut short. */
export function readNotes(text: string): Notes {
  const lines = text.split('\n').slice(0, -1)
  const told = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(2))
  const begun = told('b')
  const answered = new Set(told('e'))
  const unanswered = begun.filter((key) => !answered.has(key))
  return { begun, unanswered, answered: [...answered], wrong: told('w') }
}
