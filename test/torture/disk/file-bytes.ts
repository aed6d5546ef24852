/** A file's bytes, which grow and shrink as a file does: a gap reads as zeros. */
export class FileBytes {
  #bytes: Buffer
  #size: number

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = bytes
    this.#size = bytes.length
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  copy(): FileBytes {
    return new FileBytes(Buffer.from(this.content))
  }

  write(offset: number, data: Buffer): void {
    this.growTo(offset + data.length)
    data.copy(this.#bytes, offset)
  }

  truncate(size: number): void {
    this.growTo(size)
    this.#bytes.fill(0, size, this.#size)
    this.#size = size
  }

  growTo(size: number): void {
    if (size > this.#bytes.length) {
      const roomy = Buffer.alloc(Math.max(size, 2 * this.#bytes.length))
      this.content.copy(roomy)
      this.#bytes = roomy
    }
    this.#size = Math.max(this.#size, size)
  }
}
