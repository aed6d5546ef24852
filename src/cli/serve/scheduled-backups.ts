import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Logger } from 'pino'
import type { DatabaseManager } from '../../main/index.js'

export interface BackupSchedule {
  readonly everyMs: number
  readonly keep: number
  readonly folder: string
}

/** Makes verified backups, one after another, and keeps the newest. One that fails is told of, and the next is made in its time. */
export class ScheduledBackups {
  readonly #db: DatabaseManager
  readonly #schedule: BackupSchedule
  readonly #logger: Logger
  readonly #stop = new AbortController()
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | undefined

  constructor(db: DatabaseManager, schedule: BackupSchedule, logger: Logger) {
    this.#db = db
    this.#schedule = schedule
    this.#logger = logger
    this.#timer = setInterval(() => {
      this.#running ??= this.#make().finally(() => (this.#running = undefined))
    }, schedule.everyMs)
    this.#timer.unref()
  }

  /** Ends the one under way, of which nothing is left then. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#stop.abort()
    await this.#running
  }

  async #make(): Promise<void> {
    const { folder } = this.#schedule
    const time = new Date().toISOString().replaceAll(':', '-')
    try {
      const report = await this.#db.backup(join(folder, `${this.#prefix}${time}.db`), {
        signal: this.#stop.signal,
      })
      this.#logger.info(
        { fileBytes: report.fileBytes, elapsedMs: report.elapsedMs },
        'backup made and verified',
      )
      await this.#removeOld()
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#logger.error(error, 'the backup failed')
    }
  }

  get #prefix(): string {
    return `${basename(this.#db.path, '.db')}-`
  }

  /** Only what has a name of ours, whose order is that of time. */
  async #removeOld(): Promise<void> {
    const { folder, keep } = this.#schedule
    const names = (await readdir(folder)).filter((name) => this.#isOurs(name)).toSorted()
    for (const name of names.slice(0, Math.max(0, names.length - keep))) await rm(join(folder, name))
  }

  #isOurs(name: string): boolean {
    const rest = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : ''
    return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.db$/.test(rest)
  }
}

/** Where backups go unless told otherwise. */
export const backupFolderOf = (databasePath: string): string => join(dirname(databasePath), 'backups')
