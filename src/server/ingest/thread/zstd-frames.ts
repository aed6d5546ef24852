import { pipeline, type Transform } from 'node:stream'

/** What the stream says of how much of its input it has used. */
type Decoder = Transform & { readonly bytesWritten: number }

/**
 * Unpacks one frame after another: Node's own stream ends with the first, silently, where gzip's goes on
 * (https://www.rfc-editor.org/rfc/rfc8878#section-3).
 *
 * @throws what the decoder and reading `blocks` throw
 */
export async function* zstdFrames(
  blocks: AsyncGenerator<Buffer>,
  createDecoder: () => Decoder,
): AsyncGenerator<Buffer> {
  const input = new Unread(blocks)
  do {
    const decoder = createDecoder()
    const output = pipeline(input.readFor(decoder), decoder, () => undefined)
    for await (const chunk of output) yield chunk
    await input.takeBack(decoder)
  } while (!input.isOver)
}

/** Blocks, of which what a decoder was given and did not use is given to the next. */
class Unread {
  readonly #blocks: AsyncGenerator<Buffer>
  /** Not given to anybody, or taken back. */
  #rest: Buffer[] = []
  /** Given to the decoder, and perhaps not used by it; and how much it was given before those. */
  #given: Buffer[] = []
  #bytesBefore = 0
  #decoder: Decoder | undefined
  #fetching: Promise<void> | undefined
  #isEnded = false

  constructor(blocks: AsyncGenerator<Buffer>) {
    this.#blocks = blocks
  }

  get isOver(): boolean {
    return this.#isEnded && this.#rest.length === 0
  }

  async *readFor(decoder: Decoder): AsyncGenerator<Buffer> {
    this.#decoder = decoder
    for (;;) {
      if (this.#rest.length === 0) await this.#fetch()
      // What comes when it has ended is for the next one.
      if (this.#decoder !== decoder) return
      const block = this.#rest.shift()
      if (block === undefined) return
      this.#forgetUsed(decoder)
      this.#given.push(block)
      yield block
    }
  }

  /** To be called when a decoder has ended. Waits for the next block: only that tells whether there is anything more. */
  async takeBack(decoder: Decoder): Promise<void> {
    this.#decoder = undefined
    this.#forgetUsed(decoder)
    const [first, ...others] = this.#given
    if (first !== undefined) {
      this.#rest.unshift(first.subarray(decoder.bytesWritten - this.#bytesBefore), ...others)
    }
    this.#given = []
    this.#bytesBefore = 0
    if (this.#rest.length === 0) await this.#fetch()
  }

  #forgetUsed({ bytesWritten }: Decoder): void {
    for (let [first] = this.#given; first !== undefined; [first] = this.#given) {
      if (this.#bytesBefore + first.length > bytesWritten) return
      this.#bytesBefore += first.length
      this.#given.shift()
    }
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchOne().finally(() => (this.#fetching = undefined))
    return this.#fetching
  }

  async #fetchOne(): Promise<void> {
    if (this.#isEnded) return
    const { done, value } = await this.#blocks.next()
    if (done === true) this.#isEnded = true
    else this.#rest.push(value)
  }
}
