import { ConvoDbError } from '../protocol/errors.js'
import type { FileJob } from './file-job.js'

/** The verifications and backups of one open database, which end with it. */
export class FileJobs {
  readonly #underWay = new Set<FileJob<unknown>>()
  #isClosed = false

  async run<Report>(path: () => Promise<string>, start: (path: string) => FileJob<Report>): Promise<Report> {
    const file = await path()
    if (this.#isClosed) throw closed()
    const job = start(file)
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
