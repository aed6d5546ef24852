import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../main/index.js'
import { weightOf, type IngestInput, type IngestOutput } from '../messages.js'

/** The bytes of one upload as they come through its port. Each block is acknowledged when the next one is asked for. */
export class ReceivedBytes {
  readonly #port: MessagePort
  readonly #blocks: Uint8Array<ArrayBuffer>[] = []
  #isEnded = false
  #fault: ConvoDbError | undefined
  #notify: (() => void) | undefined

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (input: IngestInput) => this.#receive(input))
    port.once('close', () => this.stop(new ConvoDbError('ABORTED', 'The upload was given up')))
  }

  /** What has not been read yet is left. */
  stop(error: ConvoDbError): void {
    this.#fault ??= error
    this.#notify?.()
  }

  /** @throws that with which the upload was stopped, at once, whatever still waits */
  async *blocks(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#fault !== undefined) throw this.#fault
      const block = this.#blocks.shift()
      if (block !== undefined) {
        yield Buffer.from(block.buffer, block.byteOffset, block.byteLength)
        const taken: IngestOutput = { kind: 'taken', bytes: weightOf(block) }
        this.#port.postMessage(taken)
      } else if (this.#isEnded) {
        return
      } else {
        await new Promise<void>((resolve) => (this.#notify = resolve))
      }
    }
  }

  #receive(input: IngestInput): void {
    if (input.kind === 'bytes') this.#blocks.push(input.bytes)
    else if (input.kind === 'end') this.#isEnded = true
    else this.stop(ConvoDbError.from(input.error))
    this.#notify?.()
  }
}
