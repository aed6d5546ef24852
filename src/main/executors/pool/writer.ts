import { statSync } from 'node:fs'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { KnownFile } from '../../../protocol/known-file.js'
import type { WriterNews } from '../../../protocol/messages.js'
import { publishCheckpoint } from '../../diagnostics.js'
import { notStarted } from '../../not-started.js'
import type { LastCheckpoint } from '../../stats.js'
import type { Deadline } from '../lanes/time.js'
import { WriterLink } from '../lanes/writer-link.js'
import type { WriterSide } from './writer-side.js'
import type { Connect, WriterThread } from './writer-thread.js'

/** The writer thread of a database that this process owns. */
export class Writer implements WriterSide {
  readonly runner: WriterLink
  readonly #path: string
  readonly #thread: WriterThread
  readonly #endActs: (() => void)[] = []
  lastCheckpoint: LastCheckpoint | null = null
  isLogHeld = false
  lostCommits = 0
  reopenings = 0

  private constructor(path: string, thread: WriterThread) {
    this.#path = path
    this.#thread = thread
    thread.onNews = (news) => this.#take(news)
    this.runner = new WriterLink(() => this.#thread.noteAnswer())
    this.#thread.link((link, answers) => this.runner.connect(link, answers))
  }

  /**
   * Opens the file.
   *
   * @param file is told which one it is; no writer opens any other one then.
   * @throws what opening the file throws, LOCKED among others; the thread is gone then
   */
  static async open(path: string, thread: WriterThread, file: KnownFile): Promise<Writer> {
    const writer = new Writer(path, thread)
    try {
      const outcome = await writer.runner.run({ kind: 'open' })
      if (!outcome.ok) throw ConvoDbError.from(outcome.error)
      const { dev, ino } = statSync(path, { bigint: true })
      file.keep({ device: dev, inode: ino })
      return writer
    } catch (error) {
      await writer.#end()
      const isLost = !(error instanceof ConvoDbError) || error.code === 'WORKER_LOST'
      throw isLost ? notStarted('writer', writer.#thread.lastError ?? error) : error
    }
  }

  get restarts(): number {
    return this.#thread.restarts
  }

  link(connect: Connect): () => void {
    return this.#thread.link(connect)
  }

  onEnd(act: () => void): void {
    this.#endActs.push(act)
  }

  async close(deadline: Deadline): Promise<void> {
    const closing = this.runner.run({ kind: 'close' })
    try {
      await deadline.allows(closing)
    } finally {
      await this.#end(deadline)
    }
    // Where the thread was lost or is left behind, what it had acknowledged is in the log.
    const outcome = await closing.catch(() => undefined)
    if (outcome?.ok === false) throw ConvoDbError.from(outcome.error)
  }

  async #end(deadline?: Deadline): Promise<void> {
    this.runner.close(new ConvoDbError('CLOSED', 'The database is closed'))
    for (const act of this.#endActs.splice(0)) act()
    const ended = this.#thread.end()
    await (deadline === undefined ? ended : deadline.allows(ended))
  }

  #take(news: WriterNews): void {
    switch (news.kind) {
      case 'reopening':
        this.reopenings += 1
        break
      case 'logHeld':
        this.isLogHeld = true
        process.emitWarning(
          `${this.#path}: the disk failed while the log was copied into the file; nothing is lost, but the log grows until the database is closed and opened again`,
          { code: 'CONVODB_LOG_HELD' },
        )
        break
      case 'lostCommits':
        this.lostCommits += news.commits
        process.emitWarning(
          `${this.#path}: ${news.commits} commits that were acknowledged before the last end of its owner are not there: the log is damaged, and what follows the damage is lost. Store again what was stored last, or bring a backup`,
          { code: 'CONVODB_LOST_COMMITS' },
        )
        break
      case 'wideModes':
        for (const warning of news.warnings) process.emitWarning(warning, { code: 'CONVODB_WIDE_MODE' })
        break
      case 'checkpointed': {
        const { kind: _, ...figures } = news
        this.lastCheckpoint = { at: new Date(), ...figures }
        publishCheckpoint({ path: this.#path, ...figures })
      }
    }
  }
}
