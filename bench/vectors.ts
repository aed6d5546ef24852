const clusterSize = 100

/** Vectors in clusters, the same in every run: a centre, and as much again of its own. https://en.wikipedia.org/wiki/Box-Muller_transform */
export class Vectors {
  readonly #dimension: number
  readonly #noise: Float32Array
  readonly #centres: number

  constructor({ dimension = 384, rows }: { readonly dimension?: number; readonly rows: number }) {
    this.#dimension = dimension
    this.#centres = Math.ceil(rows / clusterSize)
    const draw = (index: number, step: number): number => (index * step) % 1
    this.#noise = Float32Array.from(
      { length: 1 << 20 },
      (_, index) =>
        Math.sqrt(-2 * Math.log(1 - draw(index, Math.SQRT2 - 1))) *
        Math.cos(2 * Math.PI * draw(index, Math.sqrt(3) - 1)),
    )
  }

  at(index: number): Float32Array {
    const centre = 7_919 * (index % this.#centres)
    const own = 104_729 * (index + this.#centres)
    return Float32Array.from(
      { length: this.#dimension },
      (_, place) => this.#noiseAt(centre + 31 * place) + this.#noiseAt(own + 37 * place),
    )
  }

  #noiseAt(place: number): number {
    return this.#noise[Math.imul(place, 0x9e3779b1) >>> 12] ?? 0
  }
}
