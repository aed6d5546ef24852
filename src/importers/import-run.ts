import type { Place } from './found.js'
import {
  noCounts,
  type ChangingCounts,
  type CountedKind,
  type FileReport,
  type ImportCounts,
} from './import-counts.js'
import type { Notes } from './notes.js'
import type { SourceError } from './source.js'
import { looksLikeSeconds, type TimeUnit } from './time-fields.js'

/** A line, or another item, that can not be stored. */
export interface BadLine {
  readonly place: Place
  readonly reason: string
}

export interface ImportOptions {
  /** What a number in a field of time counts, in lines of NDJSON. Default 'milliseconds'. */
  readonly times?: TimeUnit
  /** Is told once for each file whose numbers look like seconds and are read as milliseconds. */
  readonly onSeconds?: (file: string, value: number) => void
  /** Stop at the first bad line or problem of a file. Default false. */
  readonly strict?: boolean
  /** Read and check everything, and store nothing. Default false. */
  readonly dryRun?: boolean
  /** Stops the reading; what is under way goes in. */
  readonly signal?: AbortSignal
  /** Told of what went in, at most once in a turn of the event loop; once more after the import has ended, maybe. */
  readonly onProgress?: (counts: ImportCounts) => void
  readonly onBadLine?: (badLine: BadLine) => void
  /** Told in a sentence what is the matter with a file. */
  readonly onProblem?: (problem: string) => void
}

interface FileUnderWay {
  readonly name: string
  readonly format: string
  readonly counts: ChangingCounts
  readonly skipped: Record<string, number>
  readonly leftOut: Record<string, number>
}

/** One import under way: its counts, and whether it goes on. */
export class ImportRun {
  readonly #options: ImportOptions
  readonly #counts = noCounts()
  readonly #files: FileUnderWay[] = []
  readonly #stop = new AbortController()
  readonly #warnedFiles = new Set<string>()
  readonly #ignored = new Set<string>()
  #isTelling = false

  constructor(options: ImportOptions) {
    this.#options = options
    if (options.signal?.aborted === true) this.stop()
    else options.signal?.addEventListener('abort', () => this.stop(), { once: true })
  }

  get counts(): ImportCounts {
    return this.#counts
  }

  get files(): readonly FileReport[] {
    return this.#files
  }

  get isDryRun(): boolean {
    return this.#options.dryRun === true
  }

  /** Aborted when the reading has to stop, for whatever reason. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  stop(): void {
    this.#stop.abort()
  }

  /** @returns what is said of it, and what counts what went in of it */
  startFile(name: string, format: string): FileRun {
    const file: FileUnderWay = {
      name,
      format,
      counts: noCounts(),
      skipped: Object.create(null),
      leftOut: Object.create(null),
    }
    this.#files.push(file)
    return {
      signal: this.signal,
      count: (kind) => this.#count(file, kind),
      refuse: (badLine) => this.#refuse(file, badLine),
      giveUp: (error) => this.#complain(file, error.message),
      ignore: (messageId) => {
        this.#count(file, 'ignoredLines')
        if (this.#ignored.size < maxIgnored) this.#ignored.add(messageId)
      },
      hasIgnored: (messageId) => this.#ignored.has(messageId),
      skip: (why) => addTo(file.skipped, why),
      leaveOut: (what, times = 1) => addTo(file.leftOut, what, times),
      complain: (name_, problem) => this.#complain(file, `${name_} ${problem}`),
      timesOf: (line) => ({
        unit: this.#options.times ?? 'milliseconds',
        note: (value) => this.#noteTime(line, value),
      }),
    }
  }

  #count(file: FileUnderWay, kind: CountedKind): void {
    file.counts[kind] += 1
    this.#counts[kind] += 1
    this.#tellProgress()
  }

  /** Once for all that is answered in one turn of the event loop, as the rows of a transaction are. */
  #tellProgress(): void {
    if (this.#isTelling || this.#options.onProgress === undefined) return
    this.#isTelling = true
    setImmediate(() => {
      this.#isTelling = false
      this.#options.onProgress?.(this.#counts)
    })
  }

  #refuse(file: FileUnderWay, badLine: BadLine): void {
    // A strict import names one line: those that failed together with it would only hide it.
    if (this.#options.strict === true && this.#counts.badLines > 0) return
    file.counts.badLines += 1
    this.#counts.badLines += 1
    this.#options.onBadLine?.(badLine)
    if (this.#options.strict === true) this.stop()
  }

  #complain(file: FileUnderWay, problem: string): void {
    file.counts.problems += 1
    this.#counts.problems += 1
    this.#options.onProblem?.(problem)
    if (this.#options.strict === true) this.stop()
  }

  /** Notes a number in a field of time. */
  #noteTime(file: string, value: number): void {
    if (this.#options.times === 'seconds' || !looksLikeSeconds(value) || this.#warnedFiles.has(file)) return
    this.#warnedFiles.add(file)
    this.#options.onSeconds?.(file, value)
  }
}

/** One file of an import under way. */
export interface FileRun extends Notes {
  count(kind: CountedKind): void
  refuse(badLine: BadLine): void
  /** A message whose user was forgotten. */
  ignore(messageId: string): void
  hasIgnored(messageId: string): boolean
  giveUp(error: SourceError): void
}

/** So many are remembered: what names one beyond is refused, and said to be. */
const maxIgnored = 1_000_000
/** Names that a file made up itself do not fill the memory. */
const maxNames = 1_000
const others = 'others'

function addTo(occurrences: Record<string, number>, name: string, times = 1): void {
  const isKnown = name in occurrences || Object.keys(occurrences).length < maxNames
  const key = isKnown ? name : others
  occurrences[key] = (occurrences[key] ?? 0) + times
}
