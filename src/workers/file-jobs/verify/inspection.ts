import type { VerifyCheck, VerifyProblem, VerifyProgress } from '../../../protocol/verify.js'
import type { Connection } from '../../connection/connection.js'
import type { CommitMark } from '../../files/owner-file.js'

/** One check of a file; what it finds it reports, what it can not read it may throw. */
export interface Check {
  readonly name: VerifyCheck
  /**
   * How long one snapshot lasts. `'check'` where rows far apart are compared. `'slice'` where each row is compared by
   * itself: a log that a writer fills meanwhile can start anew in between.
   */
  readonly snapshot: 'check' | 'slice'
  run(inspection: Inspection): void
}

type Finding = Omit<VerifyProblem, 'check'>
type OnProgress = (progress: VerifyProgress) => void

/** What the checks share: the connection they read, what was found so far, and how far they are. */
export class Inspection {
  readonly connection: Connection
  /** What the last owner noted of its commits, if it did not close the file. */
  readonly mark: CommitMark | undefined
  readonly problems: VerifyProblem[] = []
  readonly #maxProblems: number
  readonly #onProgress: OnProgress
  #check: Check | undefined
  #checksBefore = 0
  #checks = 1
  hasMoreProblems = false
  checkedRows = 0

  /** @param onProgress is called again and again; what it throws ends the inspection. */
  constructor(
    connection: Connection,
    mark: CommitMark | undefined,
    maxProblems: number,
    onProgress: OnProgress,
  ) {
    this.connection = connection
    this.mark = mark
    this.#maxProblems = maxProblems
    this.#onProgress = onProgress
  }

  /** Starts one check; `before` of `all` checks are done. */
  begin(check: Check, before: number, all: number): void {
    this.#check = check
    this.#checksBefore = before
    this.#checks = all
    this.noteShare(0)
  }

  report(finding: Finding): void {
    if (this.problems.length === this.#maxProblems) this.hasMoreProblems = true
    else this.problems.push({ check: this.#check?.name ?? 'file', ...finding })
  }

  /** Reports every row of one table that a query found. */
  reportRows(table: string, rows: readonly { readonly key: unknown }[], message: string): void {
    for (const { key } of rows) this.report({ table, key: String(key), message })
  }

  /** How many problems a query needs to find: one more than there is room for tells that there are more. */
  get room(): number {
    return this.#maxProblems - this.problems.length + 1
  }

  /** `share` of the check under way is done, from 0 to 1. */
  noteShare(share: number): void {
    if (this.#check === undefined) return
    this.#onProgress({
      check: this.#check.name,
      share: (this.#checksBefore + Math.min(1, Math.max(0, share))) / this.#checks,
      checkedRows: this.checkedRows,
    })
  }

  /** Between two slices: lets go of the snapshot, where the check can do with a later one. */
  endSlice(): void {
    if (this.#check?.snapshot !== 'slice') return
    this.connection.exec('COMMIT')
    this.connection.exec('BEGIN')
  }
}
