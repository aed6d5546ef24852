import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

const algorithm = 'aes-256-ctr'
const tagBytes = 16
/** A cursor of ours is shorter: its length would tell how large the numbers in it are. */
const paddedLength = 64

/**
 * Cursors as a key of certain channels gets them. In those of the database is the place of a row among all rows, which tells how many
 * there are in other channels. The tag of what is in it is where its encryption starts (as in RFC 5297), so a page is the same
 * bytes each time, and a cursor that was changed or made up is none.
 */
export class SealedCursors {
  readonly #macKey: Uint8Array
  readonly #key: Uint8Array

  /** @param secret what only the server knows of a key; the same after a restart. */
  constructor(secret: string) {
    const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'convodb cursors', 64))
    this.#macKey = bytes.subarray(0, 32)
    this.#key = bytes.subarray(32)
  }

  seal(cursor: string): string {
    const text = Buffer.from(cursor.padEnd(paddedLength))
    const tag = this.#tagOf(text)
    return Buffer.concat([tag, createCipheriv(algorithm, this.#key, tag).update(text)]).toString('base64url')
  }

  /** Other bytes each time, so that nobody sees whether the place has moved: between changes it does by those of other channels. */
  sealAnew(cursor: string): string {
    return this.seal(`${cursor} ${randomBytes(16).toString('base64url')}`)
  }

  /** Undefined where it is none of this key's. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < tagBytes || bytes.toString('base64url') !== sealed) return undefined
    const tag = bytes.subarray(0, tagBytes)
    const text = createDecipheriv(algorithm, this.#key, tag).update(bytes.subarray(tagBytes))
    return timingSafeEqual(tag, this.#tagOf(text)) ? text.toString().split(' ', 1)[0] : undefined
  }

  #tagOf(text: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#macKey).update(text).digest().subarray(0, tagBytes)
  }
}
