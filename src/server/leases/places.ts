import { ConvoDbError } from '../../main/index.js'

/** Who comes when all places are taken waits for so long. */
const maxWaitMs = 5_000

/** So many at once; others wait in turn. */
export class Places {
  readonly #count: number
  #free: number
  readonly #waiting = new Set<(error?: ConvoDbError) => void>()

  constructor(count: number) {
    this.#count = count
    this.#free = count
  }

  /**
   * Resolves when there is a place, which is to be given back.
   *
   * @param gone aborted when nobody waits any more
   * @throws OVERLOADED when none is given back in five seconds
   */
  take(gone: AbortSignal): Promise<void> {
    if (gone.aborted) return Promise.reject(hasLeft())
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const end = (error?: ConvoDbError): void => {
        clearTimeout(timer)
        gone.removeEventListener('abort', leave)
        this.#waiting.delete(end)
        if (error === undefined) resolve()
        else reject(error)
      }
      const leave = (): void => end(hasLeft())
      const timer = setTimeout(() => end(this.#allTaken()), maxWaitMs)
      gone.addEventListener('abort', leave)
      this.#waiting.add(end)
    })
  }

  giveBack(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free += 1
    else next()
  }

  /** Ends all that wait, with this error. */
  refuse(error: ConvoDbError): void {
    for (const end of this.#waiting) end(error)
  }

  #allTaken(): ConvoDbError {
    const message = `There were ${this.#count} leases for ${maxWaitMs} ms, as many as maxLeases lets there be`
    return new ConvoDbError('OVERLOADED', message, { maxLeases: this.#count })
  }
}

const hasLeft = (): ConvoDbError => new ConvoDbError('ABORTED', 'The client has gone')
