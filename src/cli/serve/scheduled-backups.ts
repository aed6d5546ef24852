import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Logger } from 'pino'
import type { DatabaseManager } from '../../main/index.js'
import { longestTimerMs } from '../duration.js'

export interface BackupSchedule {
  readonly everyMs: number
  readonly keep: number
  readonly folder: string
}

/** Makes verified backups, one after another, and keeps the newest. One that fails is told of, and the next is made in its time. */
export class ScheduledBackups {
  /** The first is due when the newest that is there is old enough: a server that is started anew each night makes them, too. */
  static async start(
    db: Pick<DatabaseManager, 'backup' | 'path'>,
    schedule: BackupSchedule,
    logger: Pick<Logger, 'info' | 'error'>,
  ): Promise<ScheduledBackups> {
    const backups = new ScheduledBackups(db, schedule, logger)
    // Of a folder that can not be read, or is not there yet, the first backup tells.
    const newest = (await backups.#list().catch(() => [])).at(-1)
    const ageMs = newest === undefined ? Infinity : Date.now() - madeAtMs(newest)
    backups.#wait(Math.min(Math.max(schedule.everyMs - ageMs, 0), schedule.everyMs))
    return backups
  }

  readonly #db: Pick<DatabaseManager, 'backup' | 'path'>
  readonly #schedule: BackupSchedule
  readonly #logger: Pick<Logger, 'info' | 'error'>
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  private constructor(
    db: Pick<DatabaseManager, 'backup' | 'path'>,
    schedule: BackupSchedule,
    logger: Pick<Logger, 'info' | 'error'>,
  ) {
    this.#db = db
    this.#schedule = schedule
    this.#logger = logger
  }

  /** For the next one, perhaps in several steps. */
  #wait(ms: number): void {
    const stepMs = Math.min(ms, longestTimerMs)
    this.#timer = setTimeout(() => {
      if (stepMs < ms) return this.#wait(ms - stepMs)
      this.#running ??= this.#make().finally(() => (this.#running = undefined))
      this.#wait(this.#schedule.everyMs)
    }, stepMs)
    this.#timer.unref()
  }

  /** Ends the one under way, of which nothing is left then. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
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

  async #removeOld(): Promise<void> {
    const { folder, keep } = this.#schedule
    const names = await this.#list()
    for (const name of names.slice(0, Math.max(0, names.length - keep))) await rm(join(folder, name))
  }

  /** Only what has a name of ours, whose order is that of time. */
  async #list(): Promise<string[]> {
    return (await readdir(this.#schedule.folder)).filter((name) => this.#isOurs(name)).toSorted()
  }

  #isOurs(name: string): boolean {
    return name.startsWith(this.#prefix) && ending.test(name.slice(this.#prefix.length))
  }
}

const ending = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/

const madeAtMs = (name: string): number =>
  Date.parse(name.slice(-'2026-01-01T00-00-00.000Z.db'.length).replace(ending, '$1:$2:$3'))

/** Where backups go unless told otherwise. */
export const backupFolderOf = (databasePath: string): string => join(dirname(databasePath), 'backups')
