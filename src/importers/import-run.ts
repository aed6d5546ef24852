import type { SourceError } from './source.js'
import { looksLikeSeconds, type TimeUnit } from './time-fields.js'

/** Where a line is. */
export interface LinePlace {
  readonly file: string
  readonly line: number
}

export interface BadLine extends LinePlace {
  readonly reason: string
}

/** What has gone in so far. It grows during an import; everything counted is durable. */
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
  readonly badLines: number
  /** Files that ended in an error; their lines before it are in. */
  readonly unreadableFiles: number
}

export type CountedKind = Exclude<keyof ImportCounts, 'badLines' | 'unreadableFiles'>

export interface ImportOptions {
  /** What a number in a field of time counts. Default 'milliseconds'. */
  readonly times?: TimeUnit
  /** Is told once for each file whose numbers look like seconds and are read as milliseconds. */
  readonly onSeconds?: (file: string, value: number) => void
  /** Stop at the first bad line or unreadable file. Default false. */
  readonly strict?: boolean
  /** Stops the reading; what is under way goes in. */
  readonly signal?: AbortSignal
  /** Told of what went in, at most once in a turn of the event loop; once more after the import has ended, maybe. */
  readonly onProgress?: (counts: ImportCounts) => void
  readonly onBadLine?: (badLine: BadLine) => void
  readonly onUnreadable?: (error: SourceError) => void
}

/** One import under way: its counts, and whether it goes on. */
export class ImportRun {
  readonly #options: ImportOptions
  readonly #counts = {
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
    unreadableFiles: 0,
  }
  readonly #stop = new AbortController()
  readonly #warnedFiles = new Set<string>()
  #isTelling = false

  constructor(options: ImportOptions) {
    this.#options = options
    if (options.signal?.aborted === true) this.stop()
    else options.signal?.addEventListener('abort', () => this.stop(), { once: true })
  }

  get counts(): ImportCounts {
    return this.#counts
  }

  /** Aborted when the reading has to stop, for whatever reason. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  stop(): void {
    this.#stop.abort()
  }

  count(kind: CountedKind): void {
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

  refuse(badLine: BadLine): void {
    // A strict import names one line: those that failed together with it would only hide it.
    if (this.#options.strict === true && this.#counts.badLines > 0) return
    this.#counts.badLines += 1
    this.#options.onBadLine?.(badLine)
    if (this.#options.strict === true) this.stop()
  }

  get times(): TimeUnit {
    return this.#options.times ?? 'milliseconds'
  }

  /** Notes a number in a field of time. */
  noteTime(file: string, value: number): void {
    if (this.times === 'seconds' || !looksLikeSeconds(value) || this.#warnedFiles.has(file)) return
    this.#warnedFiles.add(file)
    this.#options.onSeconds?.(file, value)
  }

  giveUp(error: SourceError): void {
    this.#counts.unreadableFiles += 1
    this.#options.onUnreadable?.(error)
    if (this.#options.strict === true) this.stop()
  }
}
