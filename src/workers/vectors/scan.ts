import { scanModule } from './scan-module.js'

const pageBytes = 65_536
/** Where rows may begin, so that every load is aligned. */
const alignment = 16

/** Scores many rows at once. One a thread; it takes what the largest block needs, and is made with the first search. */
class Scan {
  readonly #memory = new WebAssembly.Memory({ initial: 16 })
  readonly #functions = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(scanModule, 'base64')), {
    convodb: { memory: this.#memory },
  }).exports

  /** Of each row of codes the dot product with the query; the answer holds until the next call. */
  scoreCodes(codes: Uint8Array, rows: number, query: Int16Array): Int32Array {
    const at = this.#place(bytesOf(query), codes, rows)
    this.#functions['scoreCodes']?.(at.rows, rows, query.length, at.query, at.scores)
    return new Int32Array(this.#memory.buffer, at.scores, rows)
  }

  /** Of each row of 512 bits the sum of the query's numbers where a bit is set; the answer holds until the next call. */
  scoreBits(bits: Uint8Array, rows: number, planes: Uint8Array): Int32Array {
    const at = this.#place(planes, bits, rows)
    this.#functions['scoreBits']?.(at.rows, rows, at.query, at.scores)
    return new Int32Array(this.#memory.buffer, at.scores, rows)
  }

  /** Copies query and rows in; behind the query is room for the scores. */
  #place(query: Uint8Array, rows: Uint8Array, count: number) {
    const scores = aligned(query.length)
    const start = aligned(scores + 4 * count)
    const missing = start + rows.length - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes))
    const memory = new Uint8Array(this.#memory.buffer)
    memory.set(query, 0)
    memory.set(rows, start)
    return { query: 0, scores, rows: start }
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment
const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

let made: Scan | undefined

export const scan = (): Scan => (made ??= new Scan())
