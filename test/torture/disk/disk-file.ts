import type { DiskEvent } from './disk-log.js'
import { FileBytes } from './file-bytes.js'

export type FileChange = Extract<DiskEvent, { kind: 'write' | 'truncate' }>

/**
 * `unsynced`: a crash may lose it. `durable`: it stays. `doubtful`: a sync of it failed, and the kernel takes it for
 * written, so that no later sync writes it again (https://wiki.postgresql.org/wiki/Fsync_Errors): a crash may lose it
 * until it is written over.
 */
type Fate = 'unsynced' | 'durable' | 'doubtful'

interface PendingChange {
  readonly change: FileChange
  fate: Fate
}

export function applyChange(bytes: FileBytes, change: FileChange): void {
  if (change.kind === 'write') bytes.write(change.offset, change.data)
  else bytes.truncate(change.size)
}

/** One file: what a crash can not take from it, and what came since. */
export class DiskFile {
  readonly durable = new FileBytes()
  readonly #pending: PendingChange[] = []
  readonly #isForgetful: boolean
  #settledCount = 0

  constructor(isForgetful: boolean) {
    this.#isForgetful = isForgetful
  }

  /** How many changes there were, since the beginning. */
  get changeCount(): number {
    return this.#settledCount + this.#pending.length
  }

  get pending(): readonly PendingChange[] {
    return this.#pending
  }

  add(change: FileChange): void {
    this.#pending.push({ change, fate: 'unsynced' })
  }

  /** A sync ended that began after so many changes. */
  endSync(changeCount: number, isDurable: boolean): void {
    if (isDurable) this.#settle(changeCount, 'durable')
    else if (this.#isForgetful) this.#settle(changeCount, 'doubtful')
  }

  #settle(changeCount: number, fate: 'durable' | 'doubtful'): void {
    for (const pending of this.#pending.slice(0, Math.max(0, changeCount - this.#settledCount))) {
      if (pending.fate === 'unsynced') pending.fate = fate
    }
    const settled = this.#pending.findIndex((pending) => pending.fate !== 'durable')
    for (const { change } of this.#pending.splice(0, settled < 0 ? this.#pending.length : settled)) {
      applyChange(this.durable, change)
      this.#settledCount += 1
    }
  }
}
