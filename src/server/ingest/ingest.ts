import type { Readable } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../main/index.js'
import type { ErrorData } from '../../protocol/errors.js'
import type { Caller } from '../access/caller.js'
import { toldTo } from '../access/told-errors.js'
import type { Metrics } from '../metrics.js'
import { AnswerLines } from './answer-lines.js'
import { BodyFeed } from './body-feed.js'
import type { IngestInput, IngestOutput, IngestProgress, IngestSettings } from './messages.js'

export interface IngestParts {
  readonly body: Readable
  /** To the thread, which has the other end. */
  readonly port: MessagePort
  readonly caller: Caller
  readonly settings: IngestSettings
  readonly idleTimeoutMs: number
  readonly metrics: Metrics
}

/** One upload, from its first byte to the last line of its answer. */
export class Ingest {
  readonly #port: MessagePort
  readonly #caller: Caller
  readonly #metrics: Metrics
  readonly #feed: BodyFeed
  readonly #answer: AnswerLines
  #resolveEnded = (): void => undefined
  /** Resolves when the thread has done with it. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve))

  constructor({ body, port, caller, settings, idleTimeoutMs, metrics }: IngestParts) {
    this.#port = port
    this.#caller = caller
    this.#metrics = metrics
    this.#answer = new AnswerLines(settings.startLine - 1)
    port.on('message', (output: IngestOutput) => this.#receive(output))
    port.once('close', () => this.#lose())
    this.#feed = new BodyFeed(body, port, idleTimeoutMs, {
      onBytes: (bytes) => metrics.countIngestedBytes(bytes),
      onIdle: () =>
        this.stop(
          new ConvoDbError('TIMEOUT', `Nothing was sent for ${idleTimeoutMs} ms`, {
            ingestIdleTimeoutMs: idleTimeoutMs,
          }),
        ),
    })
  }

  get lines(): Readable {
    return this.#answer.stream
  }

  /** Ends it in good order: what was read of it is stored, and the answer says how far that is. */
  stop(error: ConvoDbError): void {
    this.#feed.stop()
    const input: IngestInput = { kind: 'stop', error: error.toJSON() }
    this.#port.postMessage(input)
  }

  /** Ends it with what is known to be durable, where there is no more time. */
  abandon(error: ConvoDbError): void {
    this.#end({ error: this.#told(error) })
  }

  #receive(output: IngestOutput): void {
    switch (output.kind) {
      case 'taken':
        return this.#feed.taken(output.bytes)
      case 'progress':
        return this.#note(output.progress)
      case 'refused':
        return this.#answer.refuse(output.refused)
      case 'done':
        return this.#end({ report: output.report })
      case 'failed':
        return this.abandon(ConvoDbError.from(output.error))
    }
  }

  #note(progress: IngestProgress): void {
    const { accepted, refused } = this.#answer.progress
    this.#metrics.countIngestedLines(progress.accepted - accepted, progress.refused - refused)
    this.#answer.note(progress)
  }

  #lose(): void {
    const error = new ConvoDbError('WORKER_LOST', 'The thread that read the upload was lost', {
      maybeCommitted: true,
    })
    this.abandon(error)
  }

  #isOver = false

  #end(last: Parameters<AnswerLines['end']>[0]): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#feed.stop()
    this.#answer.end(last)
    this.#port.close()
    this.#resolveEnded()
  }

  #told(error: ConvoDbError): ErrorData {
    const { code, message, details } = toldTo(this.#caller, error)
    return { code, message, details: { ...details, durableLine: this.#answer.progress.durableLine } }
  }
}
