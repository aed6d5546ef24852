interface Version {
  /** After so many steps. */
  readonly since: number
  /** Undefined where it was deleted. */
  readonly value: string | undefined
}

/** What every row was after each step: the only states in which a database may be found. */
export class History {
  readonly #versions = new Map<string, Version[]>()
  /** How many rows there were after so many steps. */
  readonly #rowCounts: number[] = [0]
  /** Steps that change no row. */
  readonly #idleSteps = new Set<number>()

  get stepCount(): number {
    return this.#rowCounts.length - 1
  }

  /** Notes what a step made of rows, by their names; undefined is a deletion. */
  addStep(changes: ReadonlyMap<string, string | undefined>): void {
    let rowCount = this.#rowCounts.at(-1) ?? 0
    const since = this.stepCount + 1
    if (changes.size === 0) this.#idleSteps.add(since)
    for (const [name, value] of changes) {
      const versions = this.#versions.get(name) ?? []
      this.#versions.set(name, versions)
      rowCount += Number(value !== undefined) - Number(versions.at(-1)?.value !== undefined)
      versions.push({ since, value })
    }
    this.#rowCounts.push(rowCount)
  }

  valueAfter(stepCount: number, name: string): string | undefined {
    return this.#versions.get(name)?.findLast(({ since }) => since <= stepCount)?.value
  }

  /** Whether a state is also the one after the next step. */
  staysAfter(stepCount: number): boolean {
    return this.#idleSteps.has(stepCount + 1)
  }

  /** What distinguishes these rows from those after so many steps; undefined where nothing does. */
  findDifference(stepCount: number, rows: ReadonlyMap<string, string>): string | undefined {
    for (const [name, value] of rows) {
      const expected = this.valueAfter(stepCount, name)
      if (value !== expected) return `${name} is ${value}, not ${expected}`
    }
    const rowCount = this.#rowCounts[stepCount]
    return rows.size === rowCount ? undefined : `there are ${rows.size} rows, not ${rowCount}`
  }
}
