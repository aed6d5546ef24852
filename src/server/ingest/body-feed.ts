import type { Readable } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { weightOf, type IngestInput } from './messages.js'

/** So much may wait for the thread; then the socket is left unread, and the sender has to wait. */
const maxWaitingBytes = 4 * 1024 * 1024
/** Small chunks of one turn of the event loop travel together, up to so many bytes; a larger one goes as it is, uncopied. */
const blockBytes = 32 * 1024

/** What is told of a body. */
interface FeedEvents {
  readonly onBytes: (bytes: number) => void
  /** Nothing has come for too long, though it would have been taken. */
  readonly onIdle: () => void
}

/** Moves the bytes of a body to the thread, no faster than that takes them. */
export class BodyFeed {
  readonly #body: Readable
  readonly #port: MessagePort
  readonly #events: FeedEvents
  readonly #idle: NodeJS.Timeout
  #chunks: Buffer[] = []
  #chunkBytes = 0
  #waitingBytes = 0
  #isStopped = false
  #flushing: NodeJS.Immediate | undefined

  constructor(body: Readable, port: MessagePort, idleTimeoutMs: number, events: FeedEvents) {
    this.#body = body
    this.#port = port
    this.#events = events
    this.#idle = setTimeout(() => this.#noteIdle(), idleTimeoutMs)
    body.on('data', this.#take).once('end', this.#finish)
    // A connection that breaks is seen by the answer's end.
    body.on('error', () => undefined)
  }

  /** The thread has read so much. */
  taken(bytes: number): void {
    this.#waitingBytes -= bytes
    if (this.#isStopped || !this.#body.isPaused() || this.#waitingBytes > maxWaitingBytes / 2) return
    this.#idle.refresh()
    this.#body.resume()
  }

  /** Moves no more; what still comes is for whoever drains the body. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#idle)
    clearImmediate(this.#flushing)
    this.#body.off('data', this.#take).off('end', this.#finish)
  }

  readonly #take = (chunk: Buffer): void => {
    this.#idle.refresh()
    this.#events.onBytes(chunk.length)
    const { buffer } = chunk
    if (chunk.length >= blockBytes && buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength) {
      this.#flush()
      this.#send(new Uint8Array(buffer))
      return
    }
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
    if (this.#chunkBytes >= blockBytes) this.#flush()
    else this.#flushing ??= setImmediate(() => this.#flush())
  }

  readonly #finish = (): void => {
    clearTimeout(this.#idle)
    this.#flush()
    const end: IngestInput = { kind: 'end' }
    this.#port.postMessage(end)
  }

  #flush(): void {
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    if (this.#chunkBytes === 0) return
    const bytes = new Uint8Array(this.#chunkBytes)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    this.#chunks = []
    this.#chunkBytes = 0
    this.#send(bytes)
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waitingBytes += weightOf(bytes)
    const input: IngestInput = { kind: 'bytes', bytes }
    this.#port.postMessage(input, [bytes.buffer])
    if (this.#waitingBytes >= maxWaitingBytes) this.#body.pause()
  }

  #noteIdle(): void {
    if (this.#body.isPaused()) this.#idle.refresh()
    else this.#events.onIdle()
  }
}
