import { rmSync, statSync } from 'node:fs'
import { ConvoDbError } from '../../protocol/errors.js'
import { outcomeOf } from '../connection/outcome.js'
import { LockFile } from '../files/lock-file.js'
import { OwnerFile, readCommitMark, readPid, type CommitMark } from '../files/owner-file.js'
import { assertOwnSidecar } from '../files/sidecars.js'
import { errnoOf } from '../files/system-error.js'
import { pause } from '../connection/deadline.js'

/** An owner notices within this time that its lock's file was taken away, and puts it back. */
const lookEveryMs = 200
/** Between two looks before commits; one takes some microseconds. */
const trustMs = 5
/** For whoever has the lock only to see whether it is free. */
const putBackPatienceMs = 50
/** How long an owner may take between locking and writing down its pid. */
const pidPatienceMs = 2_000
const pauseMs = 5

/**
 * One process' hold on a file. The operating system ends it with the process, however that ends.
 *
 * The lock is that of a file beside the database (`-lock`); the pid stands in a text file (`-owner`), since in the locked one
 * nobody could write it without giving up the lock for a moment. Names can be taken away, so the owner looks again and again,
 * and puts back what is gone.
 */
export class OwnerLock {
  readonly #path: string
  readonly #timer: NodeJS.Timeout
  #file: LockFile
  #ownerFile: OwnerFile
  #mark: CommitMark | undefined
  #lookedAtMs = performance.now()
  #lost: ConvoDbError | undefined

  private constructor(path: string, file: LockFile, ownerFile: OwnerFile) {
    this.#path = path
    this.#file = file
    this.#ownerFile = ownerFile
    this.#timer = setInterval(() => {
      this.#look()
      this.#nameOwner()
    }, lookEveryMs).unref()
  }

  /**
   * Makes this process the file's owner, or says which process is.
   *
   * @throws LOCKED with the owner's pid, CANNOT_OPEN, DISK_FULL, IO_ERROR; nothing is left behind then
   */
  static acquire(path: string): OwnerLock {
    assertOwnSidecar(path, ownerPathOf(path))
    const file = takeLock(path)
    if (file === undefined) throw lockedBy(path, waitForPid(path))
    try {
      return new OwnerLock(path, file, OwnerFile.create(ownerPathOf(path)))
    } catch (error) {
      file.remove()
      file.unlock()
      throw error
    }
  }

  /** Whether the lock's file was not there before: nobody has owned the database by this name, or its owner has closed it. */
  get isNew(): boolean {
    return this.#file.isNew
  }

  /** To be called before every commit. @throws LOCKED when the lock was taken away, and another process has taken it since */
  assertHeld(): void {
    if (performance.now() - this.#lookedAtMs > trustMs) this.#look()
    if (this.#lost !== undefined) throw this.#lost
  }

  /** To be told how far commits are acknowledged. Where it can not be noted, nothing is known of it after a crash. */
  note(mark: CommitMark): void {
    this.#mark = mark
    outcomeOf(() => this.#ownerFile.note(mark))
  }

  /** As `note`, of one more commit. */
  noteCommits(commits: number): void {
    if (this.#mark !== undefined) this.note({ ...this.#mark, commits })
  }

  /**
   * Gives the database up and removes the lock's files; the locked one not where others still have the database open: without
   * it the next owner would have to find out whether one of them is an owner whose lock was taken away.
   */
  release(): void {
    this.#end(statSync(`${this.#path}-shm`, { throwIfNoEntry: false }) === undefined)
  }

  /** Gives up a database that was not opened, and leaves nothing behind. */
  abandon(): void {
    this.#end(true)
  }

  #end(removesLock: boolean): void {
    clearInterval(this.#timer)
    outcomeOf(() => this.#ownerFile.close())
    try {
      if (this.#file.isInPlace) rmSync(ownerPathOf(this.#path), { force: true })
      if (removesLock) this.#file.remove()
    } catch (error) {
      // A folder that nobody may write to any more keeps them, and they mean nothing.
      if (errnoOf(error) === undefined) throw error
    } finally {
      this.#file.unlock()
    }
  }

  #look(): void {
    this.#lookedAtMs = performance.now()
    // Where nothing can be put back, as on a full disk, nobody else can take it either.
    outcomeOf(() => {
      this.#lost = this.#file.isInPlace || this.#putBack() ? undefined : takenFrom(this.#path)
    })
  }

  /** Whether this process has the lock again. */
  #putBack(): boolean {
    const deadlineMs = performance.now() + putBackPatienceMs
    for (;;) {
      const file = takeLock(this.#path)
      if (file !== undefined) {
        this.#file.unlock()
        this.#file = file
        return true
      }
      if (performance.now() > deadlineMs) return false
      pause(pauseMs)
    }
  }

  /** Without it others are refused all the same, but not told by whom. */
  #nameOwner(): void {
    const ownerPath = ownerPathOf(this.#path)
    if (this.#lost !== undefined || readPid(ownerPath) !== undefined) return
    outcomeOf(() => {
      const file = OwnerFile.create(ownerPath)
      this.#ownerFile.close()
      this.#ownerFile = file
      if (this.#mark !== undefined) file.note(this.#mark)
    })
  }
}

export const lockPathOf = (path: string): string => `${path}-lock`

/** What the last owner noted, where it did not close the database; to be asked before it is opened. */
export const commitMarkOf = (path: string): CommitMark | undefined => readCommitMark(ownerPathOf(path))
const ownerPathOf = (path: string): string => `${path}-owner`

const takeLock = (path: string): LockFile | undefined =>
  LockFile.take(lockPathOf(path), () => assertOwnSidecar(path, lockPathOf(path)))

function waitForPid(path: string): number | undefined {
  const deadlineMs = performance.now() + pidPatienceMs
  for (;;) {
    const pid = readPid(ownerPathOf(path))
    if ((pid !== undefined && isAlive(pid)) || performance.now() > deadlineMs) return pid
    pause(pauseMs)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}

const owner = (pid: number | undefined): string => (pid === undefined ? 'another process' : `process ${pid}`)
const detailsOf = (path: string, pid: number | undefined) => (pid === undefined ? { path } : { path, pid })

function lockedBy(path: string, pid: number | undefined): ConvoDbError {
  if (pid === process.pid) {
    return new ConvoDbError(
      'LOCKED',
      `${path} is open for writing in this very process (${pid}); share that database instead of opening it twice. Where a development server loads modules anew, keep it on globalThis (docs/bundlers.md)`,
      { path, pid },
    )
  }
  return new ConvoDbError(
    'LOCKED',
    `${path} is open for writing in ${owner(pid)}; close it there, or open it here with readOnly: true`,
    detailsOf(path, pid),
  )
}

function takenFrom(path: string): ConvoDbError {
  const pid = readPid(ownerPathOf(path))
  return new ConvoDbError(
    'LOCKED',
    `${lockPathOf(path)} was taken away, and ${owner(pid)} has opened ${path} for writing since; nothing more is written from here. Close it here, or there`,
    detailsOf(path, pid),
  )
}

interface Commits {
  readonly opening: number
  readonly commits: number
}

/**
 * How many transactions the last owner acknowledged that are not in the file: what follows a damaged page of the log, SQLite takes
 * for never finished, and drops without a word (https://www.sqlite.org/fileformat2.html#walformat). Of a file that another one was
 * put in the place of since, the mark tells nothing.
 */
export function countLostCommits(mark: CommitMark | undefined, { opening, commits }: Commits): number {
  if (mark === undefined) return 0
  if (mark.opening === opening) return Math.max(0, mark.commits - commits)
  // Not even the beginning of that opening is left.
  return mark.previous === opening ? mark.commits : 0
}
