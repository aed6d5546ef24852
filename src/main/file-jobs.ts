import { ConvoDbError } from '../protocol/errors.js'
import type { FileJob } from './file-job.js'

/** The verifications and backups of one open database, which end with it. */
export class FileJobs {
  readonly #underWay = new Set<FileJob<unknown>>()
  #isClosed = false

  run<Report>(start: () => FileJob<Report>): Promise<Report> {
    if (this.#isClosed) throw closed()
    const job = start()
    this.#underWay.add(job)
    void job.ended.then(() => this.#underWay.delete(job))
    return job.report
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
