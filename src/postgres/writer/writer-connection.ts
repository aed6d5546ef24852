import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { ChangePlace } from '../../protocol/change-cursor.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { connect, disconnect, type ConnectSettings } from '../connection/connect.js'
import {
  hasMetOthers,
  isConnectionLost,
  isUnknownNumber,
  isWorthRetrying,
  leavesCommitInDoubt,
  toError,
} from '../connection/errors.js'
import { Session } from '../connection/session.js'
import { forgetCommits, isNoted, type CommitMark } from '../tables/writer-commits.js'
import type { LostNodes } from '../lost-nodes.js'
import { transact, type Gate, type Progress, type TransactionIdentity } from './transaction.js'

const selectStatus = `SELECT pg_xact_status($1::text::xid8) AS status`
const endTransaction = `
  SELECT pg_terminate_backend(pid) AS "isEnded" FROM pg_stat_activity
  WHERE pid = $1::int AND backend_xid = xid($2::text::xid8)`

/** Transactions that are in each other's way are tried so often. */
const maxTries = 5
/** For so long a server that does not answer is waited for, and asked for its verdict. */
const patienceMs = 30_000
const pauseMs = 100
/**
 * A batch does what it was asked to in the order of the calls, and so may lock rows in another order than one of another process. Where
 * both waited for each other, which costs the server's `deadlock_timeout`, the loser goes alone for a while (docs/decisions/0056-going-alone.md).
 */
const aloneForMs = 300_000

const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The database is closed')

/** The connection that writes, made anew when it is lost. What was being committed then is settled by what the server knows of it. */
export class WriterConnection {
  readonly #settings: ConnectSettings
  readonly #onCommit: (place: ChangePlace) => void
  readonly lostNodes: LostNodes
  #client: pg.Client | undefined
  /** Whoever asks meanwhile gets the same one. */
  #connecting: Promise<pg.Client> | undefined
  #isClosed = false
  #holders = 0
  /** A name that no other process has. */
  readonly #writer = randomUUID()
  #lastNumber = 0
  #aloneUntilMs = 0

  /** @param client the first connection; by it alone the process is not kept */
  constructor(
    settings: ConnectSettings,
    lostNodes: LostNodes,
    onCommit: (place: ChangePlace) => void,
    client?: pg.Client,
  ) {
    this.#settings = settings
    this.lostNodes = lostNodes
    this.#onCommit = onCommit
    if (client !== undefined) this.#keep(client).unref()
  }

  /** One that ends while nobody uses it is nobody's any more: whoever is next makes another. */
  #keep(client: pg.Client): pg.Client {
    client.once('end', () => this.#letGo(client))
    return (this.#client = client)
  }

  #letGo(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined
  }

  /** @throws CLOSED, and what connecting throws */
  async client(): Promise<pg.Client> {
    if (this.#isClosed) throw closed()
    return this.#client ?? (this.#connecting ??= this.#connect())
  }

  async #connect(): Promise<pg.Client> {
    try {
      const client = await connect(this.#settings)
      if (this.#isClosed) {
        await disconnect(client)
        throw closed()
      }
      return this.#keep(client)
    } finally {
      this.#connecting = undefined
    }
  }

  /** For the next transaction, which keeps it (tables/writer-commits.ts). */
  nextMark(): CommitMark {
    this.#lastNumber += 1
    return { writer: this.#writer, number: this.#lastNumber }
  }

  /** While anybody waits for an answer the process is kept; by a connection alone it is not. Returns what ends the wait. */
  hold(): () => void {
    this.#holders += 1
    if (this.#holders === 1) this.#client?.ref()
    return () => {
      this.#holders -= 1
      if (this.#holders === 0) this.#client?.unref()
    }
  }

  /**
   * Runs `work` in a transaction, again from the start where nothing of it stands and that was no fault of its own. A server that is
   * starting anew is waited for.
   */
  async transact<Value>(gate: Gate, work: (session: Session) => Promise<Value>): Promise<Value> {
    const progress: Progress<Value> = { committing: undefined }
    const deadlineMs = performance.now() + patienceMs
    for (let attempt = 1; ; attempt += 1) {
      let client: pg.Client | undefined
      try {
        const order = performance.now() < this.#aloneUntilMs ? 'alone' : 'shared'
        client = await this.client()
        return await transact(client, { gate, order }, this.nextMark(), work, progress, this.#onCommit)
      } catch (error) {
        const isInDoubt = progress.committing !== undefined && leavesCommitInDoubt(error)
        if (isConnectionLost(error) || isInDoubt) {
          await this.#drop(client)
          if (progress.committing !== undefined) {
            const { identity, mark, value } = progress.committing
            if (await this.isCommitted(identity, mark, error)) return value
            progress.committing = undefined
          }
          if (this.#isClosed || performance.now() > deadlineMs) throw error
          await wait(pauseMs)
        } else if (isWorthRetrying(error) && attempt < maxTries && !this.#isClosed) {
          if (hasMetOthers(error)) this.#aloneUntilMs = performance.now() + aloneForMs
          await wait(Math.random() * 5 * 2 ** attempt)
        } else {
          throw error
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#client !== undefined && this.#lastNumber > 0) {
      // Whoever closes this waits for it.
      this.#client.ref()
      await forgetCommits(new Session(this.#client), this.#writer).catch(() => 'it is forgotten in a week')
    }
    await this.#drop(this.#client)
  }

  async #drop(client: pg.Client | undefined): Promise<void> {
    if (client === undefined) return
    this.#letGo(client)
    await disconnect(client)
  }

  /**
   * Whether a transaction whose connection was lost while it committed is committed: once it is over, and has left its mark. Its number
   * alone would not do: a server that crashed before it heard of it gives the number to another one.
   *
   * @throws OUTCOME_UNKNOWN where no connection can be had to ask
   */
  async isCommitted(
    { transactionId, processId }: TransactionIdentity,
    mark: CommitMark,
    cause: unknown,
  ): Promise<boolean> {
    const deadlineMs = performance.now() + patienceMs
    let wasGone = false
    while (performance.now() < deadlineMs && !this.#isClosed) {
      let client: pg.Client | undefined
      try {
        client = await this.client()
        const session = new Session(client)
        const status = (await session.get<{ status: string | null }>(selectStatus, [transactionId]))?.status
        if (status !== 'in progress') return status === 'committed' && (await isNoted(session, mark))
        const found = await session.all(endTransaction, [processId, transactionId])
        // Somebody else's, when it was gone before and is in progress still.
        if (found.length === 0 && wasGone) return await isNoted(session, mark)
        wasGone = found.length === 0
      } catch (error) {
        if (isUnknownNumber(error)) return isNoted(new Session(await this.client()), mark)
        if (isConnectionLost(error)) await this.#drop(client)
      }
      await wait(pauseMs)
    }
    throw new ConvoDbError(
      'OUTCOME_UNKNOWN',
      `The connection was lost while a transaction was committed, and the server did not come back: ${toError(cause).message}`,
      {},
      { cause },
    )
  }
}
