import { randomBytes } from 'node:crypto'
import { ConvoDbError, type DatabaseManager, type LeaseOptions, type Transaction } from '../../main/index.js'
import { letInNoMore } from '../access/authenticate.js'
import { runLeaseCall, type LeaseCall } from './lease-calls.js'
import { Places } from './places.js'

/** A lease that a client has. */
interface Running {
  readonly transaction: Transaction
  /** Ends its work: well, or with what makes the database roll it back. */
  readonly finish: (rollback?: Error) => void
  /** Settles when the database has committed it, or has not. */
  readonly ended: Promise<unknown>
  /** What a call of it is told in place of its error: why the server has ended it. */
  readonly explain: (error: unknown) => unknown
}

/** Whose lease it is. */
interface Holder {
  /** Aborted when who asked for it has gone before it began. */
  readonly gone: AbortSignal
  readonly isLetIn: () => boolean
}

/** How often each holder's key is looked at: one that was revoked holds the writer no longer. */
const lookEveryMs = 500
/** How long it is known how a lease ended, for a client whose connection was cut when it asked. */
const rememberMs = 60_000

/** Ends a lease, whether it still waits for a connection or runs. */
type End = (why: ConvoDbError) => void

/** The leases of all clients. One whose client is gone ends by its idle limit, as any other. */
export class RunningLeases {
  readonly #places: Places
  readonly #running = new Map<string, Running>()
  /** Of those that have a place. */
  readonly #ends = new Set<End>()
  #isClosed = false

  constructor(maxLeases: number) {
    this.#places = new Places(maxLeases)
  }

  /** @throws OVERLOADED, CLOSED, and what `db.transaction` throws before its work begins */
  async begin(db: DatabaseManager, options: unknown, holder: Holder): Promise<string> {
    if (this.#isClosed) throw stopping()
    await this.#places.take(holder.gone)
    const leaseId = randomBytes(16).toString('hex')
    try {
      const running = await begin(db, options, holder, this.#ends, () => this.#places.giveBack())
      this.#running.set(leaseId, running)
      const forget = (): void => void setTimeout(() => this.#running.delete(leaseId), rememberMs).unref()
      running.ended.then(forget, forget)
      return leaseId
    } catch (error) {
      throw error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))
    }
  }

  /** @throws LEASE_EXPIRED when there is none of that id, or no more */
  async call(leaseId: string, call: LeaseCall, body: unknown): Promise<unknown> {
    const running = this.#running.get(leaseId)
    if (running === undefined) throw new ConvoDbError('LEASE_EXPIRED', 'There is no such lease, or no more')
    if (call === 'wait') return running.ended
    if (call === 'commit' || call === 'rollback') return endLease(running, call)
    return runLeaseCall(running.transaction, call, body).catch((error: unknown) => {
      throw running.explain(error)
    })
  }

  /** Rolls all of them back, and begins no more. */
  close(): void {
    this.#isClosed = true
    this.#places.refuse(stopping())
    for (const end of this.#ends) end(stopping())
  }
}

const stopping = (): ConvoDbError => new ConvoDbError('CLOSED', 'The server is stopping')

async function endLease(running: Running, call: 'commit' | 'rollback'): Promise<null> {
  const rolledBack = new ConvoDbError('ABORTED', 'The client rolled it back')
  running.finish(call === 'commit' ? undefined : rolledBack)
  try {
    await running.ended
  } catch (error) {
    if (call === 'commit' || error !== rolledBack) throw error
  }
  return null
}

/** Resolves when the work of the lease has begun. */
function begin(
  db: DatabaseManager,
  options: unknown,
  { gone, isLetIn }: Holder,
  ends: Set<End>,
  onEnd: () => void,
): Promise<Running> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController()
    // Its client is gone before it began: it waits no more. Later the idle limit sees to that.
    const giveUp = (): void => stop.abort()
    gone.addEventListener('abort', giveUp)
    let refusal: ConvoDbError | undefined
    let isFinished = false
    const end: End = (why) => {
      // How it commits or rolls back it tells itself.
      if (isFinished) return
      refusal ??= why
      // By its signal and not by its work: a statement under way would be waited for.
      stop.abort()
    }
    ends.add(end)
    const explain = (error: unknown): unknown => refusal ?? error
    const looking = setInterval(() => isLetIn() || end(letInNoMore()), lookEveryMs)
    const ended = lend(db, { ...readOptions(options), signal: stop.signal }, async (transaction) => {
      gone.removeEventListener('abort', giveUp)
      const work = Promise.withResolvers<void>()
      const finish = (rollback?: Error): void => {
        isFinished = true
        if (rollback === undefined) work.resolve()
        else work.reject(rollback)
      }
      resolve({ transaction, finish, ended, explain })
      await work.promise
    })
      .catch((error: unknown) => {
        throw explain(error)
      })
      .finally(() => {
        clearInterval(looking)
        ends.delete(end)
        onEnd()
      })
    ended.catch(reject)
  })
}

const lend = (
  db: DatabaseManager,
  options: LeaseOptions,
  work: (transaction: Transaction) => Promise<void>,
): Promise<void> => db.transaction(work, options)

/** They are checked where they are used, and what is none of them is refused there. */
function readOptions(given: unknown): LeaseOptions
function readOptions(given: unknown): unknown {
  const { mode, idleTimeoutMs, timeoutMs, ...rest } = Object(given)
  return {
    ...rest,
    mode: mode ?? 'read',
    ...(idleTimeoutMs != null && { idleTimeoutMs }),
    ...(timeoutMs != null && { timeoutMs }),
  }
}
