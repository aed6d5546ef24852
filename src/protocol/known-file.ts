import { ConvoDbError } from './errors.js'
import type { FileIdentity } from './messages.js'

const states = { unknown: 0, known: 1, givenUp: 2 } as const

/**
 * Which file a database's path stands for, in memory that all its threads share: they start side by side, and it is known when the
 * writer has opened the file, which it may have created. From then on none of them opens any other one.
 */
export class KnownFile {
  readonly buffer: SharedArrayBuffer
  readonly #state: Int32Array<SharedArrayBuffer>
  readonly #numbers: BigUint64Array<SharedArrayBuffer>

  constructor(buffer = new SharedArrayBuffer(3 * BigUint64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#state = new Int32Array(buffer, 0, 1)
    this.#numbers = new BigUint64Array(buffer, BigUint64Array.BYTES_PER_ELEMENT, 2)
  }

  /** Lets those go on who wait for the file. */
  keep({ device, inode }: FileIdentity): void {
    this.#numbers.set([device, inode])
    this.#enter(states.known)
  }

  /** For when the writer could not open it: nobody need wait any longer. */
  giveUp(): void {
    this.#enter(states.givenUp)
  }

  /** Undefined where the writer has not opened it. */
  get identity(): FileIdentity | undefined {
    if (Atomics.load(this.#state, 0) !== states.known) return undefined
    const [device = 0n, inode = 0n] = this.#numbers
    return { device, inode }
  }

  /** Holds this thread until the writer has opened the file. @throws CLOSED where it could not */
  wait(): void {
    Atomics.wait(this.#state, 0, states.unknown)
    if (Atomics.load(this.#state, 0) === states.givenUp)
      throw new ConvoDbError('CLOSED', 'The writer could not open the file')
  }

  #enter(state: number): void {
    Atomics.store(this.#state, 0, state)
    Atomics.notify(this.#state, 0)
  }
}
