import { PassThrough, type Readable } from 'node:stream'
import type { ErrorData } from '../../protocol/errors.js'
import type { IngestProgress, IngestReport, RefusedLine } from './messages.js'

const progressEveryMs = 500
/** As often at least, so that nobody between takes the connection for a dead one. */
const sameProgressEveryMs = 10_000

type AnswerLine =
  | { readonly progress: IngestProgress }
  | { readonly refused: RefusedLine }
  | { readonly report: IngestReport }
  | { readonly error: ErrorData }

/** The answer to one upload: lines of JSON, while it goes on. */
export class AnswerLines {
  readonly #stream = new PassThrough()
  readonly #timer: NodeJS.Timeout
  #progress: IngestProgress
  #told: IngestProgress | undefined
  #toldAtMs = 0

  constructor(durableLine: number) {
    this.#progress = { line: 0, accepted: 0, refused: 0, durableLine }
    this.#timer = setInterval(() => this.#tellProgress(), progressEveryMs)
    // It begins at once, so that the sender knows that it was let in.
    this.#tellProgress()
  }

  get stream(): Readable {
    return this.#stream
  }

  get progress(): IngestProgress {
    return this.#progress
  }

  note(progress: IngestProgress): void {
    this.#progress = progress
  }

  refuse(refused: RefusedLine): void {
    this.#write({ refused })
  }

  end(last: { readonly report: IngestReport } | { readonly error: ErrorData }): void {
    clearInterval(this.#timer)
    if (this.#told !== this.#progress) this.#write({ progress: this.#progress })
    this.#write(last)
    this.#stream.end()
  }

  /** Left out while the receiver reads nothing: what waits for it stays little. */
  #tellProgress(): void {
    const isNew = this.#told !== this.#progress
    if (!isNew && performance.now() - this.#toldAtMs < sameProgressEveryMs) return
    if (this.#stream.writableNeedDrain) return
    this.#told = this.#progress
    this.#toldAtMs = performance.now()
    this.#write({ progress: this.#progress })
  }

  #write(line: AnswerLine): void {
    if (!this.#stream.destroyed) this.#stream.write(`${JSON.stringify(line)}\n`)
  }
}
