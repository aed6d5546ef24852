import type { Outcome } from '../../../protocol/messages.js'
import {
  firstScrubPlace,
  type DamagedRow,
  type ScrubPlace,
  type ScrubSlice,
} from '../../../protocol/scrub.js'
import { publishDamage } from '../../diagnostics.js'
import type { ScrubStats } from '../../stats.js'

const everyMs = 250
/** From the end of one walk over all rows to the next one. */
const pauseMs = 3_600_000
/** A process warning each; the rest is in the counter. */
const maxWarnings = 10

interface ScrubberOptions {
  readonly path: string
  readonly rowsPerSecond: number
  /** Whether a slice would keep nobody waiting. */
  readonly isIdle: () => boolean
  readonly run: (place: ScrubPlace, rows: number) => Promise<Outcome<ScrubSlice>>
}

/**
 * Walks over all rows again and again, at a bounded rate and in idle readers, and compares each with its checksum: a disk
 * that changes what is stored is noticed within hours, not when somebody happens to run `verify`.
 */
export class Scrubber {
  readonly #options: ScrubberOptions
  readonly #timer: NodeJS.Timeout
  readonly #damaged = new Set<string>()
  #place = firstScrubPlace
  #isRunning = false
  #pausedUntilMs = 0
  #checkedRows = 0
  #finishedPasses = 0
  #lastFinishedAt: Date | null = null
  #firstDamaged: DamagedRow | null = null

  constructor(options: ScrubberOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#scrub(), everyMs).unref()
  }

  stats(): ScrubStats {
    return {
      checkedRows: this.#checkedRows,
      finishedPasses: this.#finishedPasses,
      lastFinishedAt: this.#lastFinishedAt,
      damagedRows: this.#damaged.size,
      firstDamaged: this.#firstDamaged,
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #scrub(): Promise<void> {
    const { rowsPerSecond, isIdle, run } = this.#options
    if (this.#isRunning || performance.now() < this.#pausedUntilMs || !isIdle()) return
    this.#isRunning = true
    const rows = Math.ceil((rowsPerSecond * everyMs) / 1_000)
    // A thread that was lost, a disk that refuses a read: the same slice comes again.
    const outcome = await run(this.#place, rows).catch(() => undefined)
    if (outcome?.ok === true) this.#take(outcome.value)
    this.#isRunning = false
  }

  #take({ checkedRows, damaged, next }: ScrubSlice): void {
    this.#checkedRows += checkedRows
    for (const row of damaged) this.#tell(row)
    if (next === undefined) {
      this.#finishedPasses += 1
      this.#lastFinishedAt = new Date()
      this.#pausedUntilMs = performance.now() + pauseMs
    }
    this.#place = next ?? firstScrubPlace
  }

  #tell(row: DamagedRow): void {
    const name = row.key === null ? `table ${row.table}` : `row ${row.key} of ${row.table}`
    if (this.#damaged.has(name)) return
    this.#damaged.add(name)
    this.#firstDamaged ??= row
    const { path } = this.#options
    publishDamage({ path, ...row })
    if (this.#damaged.size > maxWarnings) return
    process.emitWarning(
      `${path}: ${name} is damaged; "convodb verify" finds all of it, "convodb restore" brings the last backup`,
      { code: 'CONVODB_DAMAGED_ROW' },
    )
  }
}
