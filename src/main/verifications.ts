import { ConvoDbError } from '../protocol/errors.js'
import type { VerifyReport } from '../protocol/verify.js'
import type { Verification } from './verification.js'
import { verify, type VerifyOptions } from './verify-database.js'

/** The verifications of one open database, which end with it. */
export class Verifications {
  readonly #underWay = new Set<Verification>()
  #isClosed = false

  async run(path: () => Promise<string>, options: VerifyOptions): Promise<VerifyReport> {
    const file = await path()
    if (this.#isClosed) throw closed()
    const verification = verify(file, options)
    this.#underWay.add(verification)
    void verification.ended.then(() => this.#underWay.delete(verification))
    return verification.report
  }

  /** Ends them all; resolves when their connections are closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    const underWay = [...this.#underWay]
    for (const { stop } of underWay) stop(closed())
    await Promise.all(underWay.map(({ ended }) => ended))
  }
}

const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The database is closed')
