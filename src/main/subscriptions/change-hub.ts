import { encodeChangeCursor, hasPassed } from '../../protocol/change-cursor.js'
import { CommitSignal } from '../../protocol/commit-signal.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { ChangeEvent } from '../../protocol/models.js'
import { batchOf, type ChangeBatch } from './change-batch.js'
import { ChangeTail, placeOf } from './change-tail.js'
import { CommitWaiter } from './commit-waiter.js'
import type { ListChanges } from './patient-list.js'

/** Where the changes of one database come from. */
export interface ChangeSource {
  readonly list: ListChanges
  /** Told of by the writer of this process; undefined where there is none. */
  readonly commits: SharedArrayBuffer | undefined
  /** Where other processes write as a matter of course: a page from the end on, asked for in its turn among the writes of this one. */
  readonly listInTurn?: ListChanges | undefined
}

/** Beside a writer of this process the others are rare. */
const pollMs = { alone: 1_000, withOthers: 200 } as const

/** One who follows the changes, as the hub sees them. */
export interface Follower {
  readonly channelId: string | undefined
  /** What was committed since the follower was attached, in order; `before` is the cursor that it lies behind. */
  take(batch: ChangeBatch, before: string): void
  fail(error: ConvoDbError): void
}

/** All who follow one database's changes in this thread: they share one reading of the file. */
export class ChangeHub {
  readonly list: ListChanges
  /** Gives the end, for those that begin with what comes from now on. */
  readonly listFromNow: ListChanges
  readonly #signal: CommitSignal | undefined
  readonly #isAlone: boolean
  readonly #tail: ChangeTail
  readonly #ofAllChannels = new Set<Follower>()
  readonly #byChannel = new Map<string, Set<Follower>>()
  /** Also those that read by themselves, and are not with the others yet. */
  readonly #all = new Set<Follower>()
  #isClosed = false

  constructor({ list, commits, listInTurn }: ChangeSource) {
    this.list = list
    this.listFromNow = listInTurn ?? list
    this.#signal = commits === undefined ? undefined : new CommitSignal(commits)
    this.#isAlone = listInTurn === undefined
    const waiter = new CommitWaiter(this.#signal, this.#isAlone ? pollMs.alone : pollMs.withOthers)
    this.#tail = new ChangeTail(list, waiter, {
      onEvents: (events, before) => this.#share(events, before),
      onError: (error) => this.#failAll(error),
    })
  }

  get size(): number {
    return this.#all.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Where all told of lies behind: what has been acknowledged by now. Undefined where nobody of this process knows. */
  presentCursor(): string | undefined {
    if (!this.#isAlone || this.#signal === undefined || this.#signal.count === 0) return undefined
    const told = encodeChangeCursor(this.#signal.place)
    const read = this.#tail.cursor
    // A commit can be read a moment before it is told of, and what others commit is not told of at all.
    return read !== undefined && hasPassed(placeOf(read), placeOf(told)) ? read : told
  }

  /** Behind all that the followers were given. */
  get cursor(): string | undefined {
    return this.#tail.cursor
  }

  register(follower: Follower): void {
    this.#all.add(follower)
  }

  /** Gives a follower what comes from now on; returns the place from which on that is. `cursor`: how far the follower is. */
  attach(follower: Follower, cursor: string): string {
    const { channelId } = follower
    if (channelId === undefined) this.#ofAllChannels.add(follower)
    else this.#byChannel.set(channelId, (this.#byChannel.get(channelId) ?? new Set()).add(follower))
    const from = this.#tail.cursor
    if (from !== undefined) return from
    this.#tail.start(cursor)
    return cursor
  }

  remove(follower: Follower): void {
    const { channelId } = follower
    this.#all.delete(follower)
    this.#ofAllChannels.delete(follower)
    if (channelId !== undefined) {
      const followers = this.#byChannel.get(channelId)
      followers?.delete(follower)
      if (followers?.size === 0) this.#byChannel.delete(channelId)
    }
    if (this.#ofAllChannels.size + this.#byChannel.size === 0) this.#tail.stop()
  }

  close(): void {
    this.#isClosed = true
    this.#failAll(closed())
  }

  #share(events: readonly ChangeEvent[], before: string): void {
    if (this.#ofAllChannels.size > 0) {
      const batch = batchOf(events)
      for (const follower of this.#ofAllChannels) follower.take(batch, before)
    }
    if (this.#byChannel.size > 0) this.#shareByChannel(events, before)
  }

  #shareByChannel(events: readonly ChangeEvent[], before: string): void {
    const groups = new Map<Set<Follower>, ChangeEvent[]>()
    for (const event of events) {
      const followers = 'channelId' in event ? this.#byChannel.get(event.channelId) : undefined
      if (followers === undefined) continue
      const group = groups.get(followers)
      if (group === undefined) groups.set(followers, [event])
      else group.push(event)
    }
    for (const [followers, group] of groups) {
      const batch = batchOf(group)
      for (const follower of followers) follower.take(batch, before)
    }
  }

  #failAll(error: unknown): void {
    const reason = error instanceof ConvoDbError ? error : internal(error)
    for (const follower of this.#all) follower.fail(reason)
  }
}

export const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The database is closed')

export const internal = (error: unknown): ConvoDbError =>
  new ConvoDbError('INTERNAL', error instanceof Error ? error.message : String(error), {}, { cause: error })
