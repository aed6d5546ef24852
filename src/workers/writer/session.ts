import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../protocol/errors.js'
import { CommitSignal } from '../../protocol/commit-signal.js'
import type { ConnectionSettings, Outcome, WriterNews } from '../../protocol/messages.js'
import type { Connection } from '../connection/connection.js'
import { Deadline } from '../connection/deadline.js'
import { assertNativeBinding } from '../connection/native-binding.js'
import { openLeaseConnection, openWriteConnection } from '../connection/open.js'
import { outcomeOf } from '../connection/outcome.js'
import { listWideModes } from '../files/file-modes.js'
import { FileWatch } from '../files/file-watch.js'
import type { CommitMark } from '../files/owner-file.js'
import { Checkpoints } from '../log/checkpoints.js'
import { HeldLog } from '../log/held-log.js'
import { readLastPlace } from '../tables/changes.js'
import { readCommits, recordOpening } from '../tables/committed-batches.js'
import { concernsConnection } from './faults.js'
import { commitIndexing, commitTidying, commitWords, isTidyingDue } from './group-commit.js'
import { LockPatience } from './lock-patience.js'
import { countLostCommits } from './owner-lock.js'
import { commitMarkOf, type OwnerLock } from './owner-lock.js'
import { takeFile } from './take-file.js'

/**
 * - `closed`: nothing is open. The first task takes the file and opens it.
 * - `open`: the connection is whole, and tasks use it one after another.
 * - `lent`: a borrower's own connection writes; ours waits, and nothing is unindexed.
 * - `faulted`: a fault left nobody knowing what the system holds of the file, so the connection was closed. The next task opens
 *   another one, which reads the file anew.
 * - `ended`: closed for good.
 */
type State = 'closed' | 'open' | 'lent' | 'faulted' | 'ended'

const transitions: { readonly [From in State]: readonly State[] } = {
  closed: ['open', 'ended'],
  open: ['lent', 'faulted', 'ended'],
  lent: ['open', 'faulted', 'ended'],
  faulted: ['open', 'ended'],
  ended: [],
}

/**
 * The writer's one connection, and this process' hold on the file. Beside its state the log may be _held_: from the first checkpoint
 * that the disk failed until the end nothing checkpoints any more, in whichever state (decision 15).
 */
export class WriterSession {
  readonly #settings: ConnectionSettings
  readonly #tell: (news: WriterNews) => void
  readonly #fileWatch: FileWatch
  readonly #patience: LockPatience
  readonly #heldLog: HeldLog
  readonly #checkpoints: Checkpoints
  readonly #commits: CommitSignal
  #state: State = 'closed'
  #connection: Connection | undefined
  #ownerLock: OwnerLock | undefined

  constructor(
    settings: ConnectionSettings,
    tell: (news: WriterNews) => void,
    askForCheckpointer: (link: MessagePort) => void,
  ) {
    this.#settings = settings
    this.#tell = tell
    this.#fileWatch = new FileWatch(settings.path)
    this.#patience = new LockPatience(settings.busyTimeoutMs)
    this.#heldLog = new HeldLog(settings)
    this.#commits = new CommitSignal(settings.commits)
    this.#checkpoints = new Checkpoints(settings.walAutocheckpointPages, {
      tell,
      askForCheckpointer,
      onDiskFault: () => this.holdLog(),
    })
  }

  get isLogHeld(): boolean {
    return this.#heldLog.isWanted
  }

  /** Opens the file for the first time and gives the opening a number that no other has had. One that fails is nobody's. */
  begin(): Outcome<void> {
    const { path } = this.#settings
    const outcome = outcomeOf(() => this.#startOpening(this.connect()))
    if (!outcome.ok) this.#release()
    else this.#tell({ kind: 'wideModes', warnings: listWideModes(path) })
    return outcome
  }

  /** The connection, for one task; opened where it is not. The file is still there and ours: nothing else may be committed to. */
  connect(): Connection {
    if (this.#state === 'ended') throw new ConvoDbError('CLOSED', 'The database is closed')
    this.assertOurs()
    if (this.#connection === undefined) return this.#open()
    this.#patience.prepare(this.#connection)
    return this.#connection
  }

  /** To be called before anything is committed: the file is still there, and this process still its owner. */
  assertOurs(): void {
    this.#fileWatch.assertThere()
    this.#ownerLock?.assertHeld()
  }

  /** A connection for one lease; what is unindexed must be indexed and committed by then. */
  lend(): Connection {
    const lent = openLeaseConnection(this.#settings)
    this.#enter('lent')
    return lent
  }

  /** To be called when the lease is over, and its connection closed. */
  takeBack(lent: Connection): void {
    if (lent.hasMetFault) this.fault()
    // Else a fault was met beside the lease: by whoever asked what became of a batch.
    else if (this.#state === 'lent') this.#enter('open')
  }

  /**
   * To be called after a fault that concerns the connection, and to look at damage with other eyes: what a failed sync has left in
   * the system's memory is not what is on the disk.
   */
  fault(): void {
    if (this.#connection === undefined) return
    const closing = this.#connection
    this.#connection = undefined
    this.#enter('faulted')
    outcomeOf(() => closing.close())
    this.#tell({ kind: 'reopening' })
  }

  /** From now on nothing checkpoints, whether or not the snapshot can be taken at once. */
  holdLog(): void {
    if (!this.#heldLog.isWanted) this.#tell({ kind: 'logHeld' })
    this.#heldLog.hold()
  }

  /** Tells all threads where the changes end by now. What is committed stays so, whatever this meets. */
  tellCommit(connection: Connection): void {
    const place = outcomeOf(() => readLastPlace(connection))
    if (place.ok) this.#commits.tell(place.value)
    else this.#commits.wake()
  }

  /** To be called after each transaction that was committed. */
  noteCommit(connection: Connection): void {
    this.tellCommit(connection)
    const { commits } = connection.memory
    if (commits !== undefined) this.#ownerLock?.noteCommits(commits)
    if (this.#heldLog.isWanted) this.#heldLog.hold()
    else this.#checkpoints.noteCommit(connection)
  }

  /** Whether programs beside us held the lock for too long, so that the next task waits for less. */
  noteLock(wasBusy: boolean): void {
    this.#patience.note(wasBusy)
  }

  /** Indexes what is unindexed, unless somebody holds the lock: whoever writes next does it then. */
  indexNow(): Outcome<void> {
    const connection = this.#state === 'open' ? this.#connection : undefined
    if (connection === undefined) return { ok: true, value: undefined }
    return this.#patience.withoutWaiting(connection, () => commitIndexing(connection))
  }

  /** The same, and the words of a block. Tells whether there are words of more blocks. */
  indexWordsNow(): Outcome<boolean> {
    const connection = this.#state === 'open' ? this.#connection : undefined
    if (connection === undefined) return { ok: true, value: false }
    return this.#patience.withoutWaiting(connection, () => commitWords(connection))
  }

  /** Indexes some of what has gathered, if it is enough to be worth while; tells whether it did. */
  tidy(): Outcome<boolean> {
    const connection = this.#state === 'open' ? this.#connection : undefined
    if (connection === undefined || !isTidyingDue(connection)) return { ok: true, value: false }
    const outcome = this.#patience.withoutWaiting(connection, () => commitTidying(connection))
    return outcome.ok ? { ok: true, value: true } : outcome
  }

  /** Leaves no log behind where no other process still reads it and the disk has room for what it holds. */
  async end(): Promise<Outcome<void>> {
    const closing = this.#connection
    this.#connection = undefined
    if (this.#state !== 'ended') this.#enter('ended')
    await this.#checkpoints.close()
    const outcome = outcomeOf(() => closing && this.#closeWhole(closing))
    this.#heldLog.close()
    this.#release()
    return outcome.ok ? { ok: true, value: undefined } : outcome
  }

  #open(): Connection {
    assertNativeBinding()
    const { path, busyTimeoutMs } = this.#settings
    const deadline = new Deadline(busyTimeoutMs)
    const mark = commitMarkOf(path)
    this.#ownerLock ??= takeFile(this.#settings, deadline)
    const opened = openWriteConnection(this.#settings, deadline)
    this.#connection = opened
    this.#enter('open')
    // Where the thread before was lost, it may not have come to tell of its last commit.
    this.tellCommit(opened)
    this.#noteLostCommits(opened, this.#ownerLock, mark)
    this.#heldLog.prepare()
    this.#fileWatch.forgetLog()
    this.#fileWatch.assertThere()
    return opened
  }

  /** Commits that the log should hold and does not are told of; from now on those are noted that it does. */
  #noteLostCommits(opened: Connection, lock: OwnerLock, mark: CommitMark | undefined): void {
    const found = readCommits(opened)
    const commits = countLostCommits(mark, found)
    if (commits > 0) this.#tell({ kind: 'lostCommits', commits })
    lock.note({ ...found, previous: found.opening })
  }

  #startOpening(opened: Connection): void {
    const { opening: previous } = readCommits(opened)
    const opening = 1 + Math.floor(Math.random() * (2 ** 47 - 1))
    recordOpening(opened, opening)
    opened.memory.forget()
    this.#ownerLock?.note({ opening, previous, commits: 0 })
  }

  #closeWhole(closing: Connection): void {
    const isThere = outcomeOf(() => this.#fileWatch.assertThere(0))
    if (isThere.ok) this.#emptyLog(closing)
    // Whose connection is closed last deletes the log by its name: never one that is held, nor another file's.
    if (isThere.ok && !this.#heldLog.isWanted) this.#heldLog.close()
    closing.close()
    if (!isThere.ok) throw ConvoDbError.from(isThere.error)
  }

  /**
   * Where that fails the log stays, with every commit in it, and the next opening goes on from there. A disk that is full need
   * not be asked again; one that failed must not.
   */
  #emptyLog(closing: Connection): void {
    this.#patience.withoutWaiting(closing, () => commitIndexing(closing))
    if (this.#heldLog.isWanted) return
    const outcome = outcomeOf(() => closing.pragma('wal_checkpoint(TRUNCATE)'))
    if (!outcome.ok && concernsConnection(outcome.error)) this.holdLog()
  }

  #release(): void {
    this.#ownerLock?.release()
    this.#ownerLock = undefined
  }

  #enter(state: State): void {
    if (!transitions[this.#state].includes(state)) {
      throw new ConvoDbError('INTERNAL', `The writer can not go from '${this.#state}' to '${state}'`)
    }
    this.#state = state
  }
}
