import type { LogTime } from './log-line.js'

const dayMs = 24 * 60 * 60 * 1_000

/** Clocks that are put back go no further: with the summer's end, or because they were wrong. */
const setBackMs = 3 * 60 * 60 * 1_000

/** Which day it is in a log whose lines have times of the day. */
export class LogDays {
  #dayMs: number | undefined
  #clockMs = 0
  #areChangesTold = false

  /** A line says which day it is, and maybe how late. */
  set(line: {
    readonly dayMs: number
    readonly clockMs: number | undefined
    readonly isChange: boolean
  }): void {
    this.#dayMs = line.dayMs
    this.#clockMs = line.clockMs ?? 0
    this.#areChangesTold ||= line.isChange
  }

  /** Nobody knows which day it is from here on. */
  lose(): void {
    this.#dayMs = undefined
  }

  /** Undefined where no line has said which day it is. A log that was told to write no lines of days has gone past midnight where times fall. */
  timeOf(time: LogTime): number | undefined {
    if ('atMs' in time) return time.atMs
    if (this.#dayMs === undefined) return undefined
    if (!this.#areChangesTold && time.clockMs < this.#clockMs - setBackMs) this.#dayMs += dayMs
    this.#clockMs = time.clockMs
    return this.#dayMs + time.clockMs - time.offsetMs
  }
}
