import { ConvoDbError } from '../../protocol/errors.js'
import type { FileIdentity } from '../../protocol/messages.js'
import { fateOf, identityOf, type FileFate } from './file-identity.js'

/** What is acknowledged in so short a time after the file was taken away goes with it. */
const lookEveryMs = 5

const isGone = (fate: FileFate): boolean => fate === 'missing' || fate === 'replaced'

/** SQLite can not know that a log which it finds beside a file is not of that file (https://www.sqlite.org/howtocorrupt.html, section 1.4). */
const replaced =
  'was replaced by another file while it was open, which the log beside it (-wal) would damage: `convodb restore` of a copy brings another database here'

/** @throws FILE_LOST where the name stands for another file than the one that is open, or for none */
export function assertSameFile(path: string, identity: FileIdentity): void {
  const fate = fateOf(path, identity)
  if (!isGone(fate)) return
  const what = fate === 'missing' ? 'was removed while it was open' : replaced
  throw new ConvoDbError(
    'FILE_LOST',
    `${path} ${what}; close the database, put the file back and open it again`,
    { path },
  )
}

/**
 * Notices that the file, or its log, was taken away while it is open: SQLite would go on writing to what has no name any
 * more, and all of it would be gone with the process (https://www.sqlite.org/howtocorrupt.html, section 4).
 */
export class FileWatch {
  readonly #path: string
  /** By name, the file and its log; the log is there from the first look on. */
  readonly #identities = new Map<string, FileIdentity>()
  #lookedAtMs = 0

  constructor(path: string) {
    this.#path = path
  }

  /** To be called before anything is committed; looks where the last look is `maxAgeMs` old. @throws FILE_LOST */
  assertThere(maxAgeMs = lookEveryMs): void {
    const nowMs = performance.now()
    if (nowMs - this.#lookedAtMs < maxAgeMs) return
    for (const name of [this.#path, `${this.#path}-wal`]) {
      const known = this.#identities.get(name) ?? identityOf(name)
      if (known === undefined) continue
      this.#identities.set(name, known)
      assertSameFile(name, known)
    }
    this.#lookedAtMs = nowMs
  }

  /** A connection that is opened anew makes a new log where it was the last one. */
  forgetLog(): void {
    this.#identities.delete(`${this.#path}-wal`)
    this.#lookedAtMs = 0
  }
}
