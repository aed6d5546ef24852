import type pg from 'pg'
import type { ChangePlace } from '../../protocol/change-cursor.js'
import { begin } from '../connection/begin.js'
import { isConnectionLost } from '../connection/errors.js'
import { Session } from '../connection/session.js'
import { noteCommit, type CommitMark } from '../tables/writer-commits.js'
import { recordChanges } from '../tables/changes.js'
import { writeCounters } from '../tables/written-counters.js'

// Shared by all who write; who forgets a user has it alone: else a transaction that began before the tombstone stood would store a
// message behind it. A lock of the transaction's.
const gates = {
  shared: `SELECT pg_advisory_xact_lock_shared(7101)`,
  alone: `SELECT pg_advisory_xact_lock(7101)`,
}
// Of transactions that lock the same rows in different orders one has to go alone.
const orders = {
  shared: `SELECT pg_advisory_xact_lock_shared(7104)`,
  alone: `SELECT pg_advisory_xact_lock(7104)`,
}
export const selectIdentity = `SELECT pg_current_xact_id()::text AS "transactionId", pg_backend_pid() AS "processId"`

const ignore = (): void => undefined

export type Gate = keyof typeof gates

/** Beside whom a transaction runs: `gate` is what its operations want, `order` who was in whose way before. */
export interface Company {
  readonly gate: Gate
  readonly order: keyof typeof orders
}

/** A transaction of a writer's: by its number the server knows whether it is over. */
export interface TransactionIdentity {
  readonly transactionId: string
  readonly processId: number
}

/** What is known of a transaction should its connection be lost. */
export interface Progress<Value> {
  /** Where its commit was asked for: its number, and what it did. */
  committing:
    { readonly identity: TransactionIdentity; readonly mark: CommitMark; readonly value: Value } | undefined
}

/** Runs `work` in a transaction and commits it; `onCommit` is told where the changes end then. */
export async function transact<Value>(
  client: pg.Client,
  { gate, order }: Company,
  mark: CommitMark,
  work: (session: Session) => Promise<Value>,
  progress: Progress<Value>,
  onCommit: (place: ChangePlace) => void,
): Promise<Value> {
  const session = new Session(client)
  progress.committing = undefined
  // Nobody waits for these: what they meet whatever comes behind meets, too.
  const begun = Promise.all([
    begin(client, 'write'),
    session.all(gates[gate]),
    session.all(orders[order]),
    session.get<TransactionIdentity>(selectIdentity),
  ])
  begun.catch(ignore)
  try {
    const value = await work(session)
    writeCounters(session)
    const [, , , identity] = await begun
    const recorded = await recordChanges(session)
    noteCommit(session, mark)
    session.keepLongIds()
    if (identity !== undefined) progress.committing = { identity, mark, value }
    const committed = session.commit()
    committed.catch(ignore)
    const place = await session.settle().then(
      () => recorded.place,
      (error: unknown) => {
        // Before the commit, which was none then; unless nobody knows how far it came.
        if (!isConnectionLost(error)) progress.committing = undefined
        throw error
      },
    )
    await committed
    if (place !== undefined) onCommit(place)
    return value
  } catch (error) {
    // What failed first is the cause of all that came behind it.
    const cause = await begun.then(
      () => session.causeOf(error),
      (first: unknown) => first,
    )
    await session.run('ROLLBACK').catch(() => 'the connection is gone, and the transaction with it')
    throw cause
  }
}

/** Runs `work` so that nothing of it stands if it throws. */
export async function inSavepoint<Value>(session: Session, work: () => Promise<Value>): Promise<Value> {
  // What is undone is in nobody's counters then.
  writeCounters(session)
  await session.settle()
  const mark = session.changes.mark()
  await session.run('SAVEPOINT convodb')
  try {
    const value = await work()
    writeCounters(session)
    await session.settle()
    await session.run('RELEASE SAVEPOINT convodb')
    return value
  } catch (error) {
    const cause = await session.causeOf(error)
    session.changes.cut(mark)
    session.counters.clear()
    await session.rollBackTo('convodb')
    throw cause
  }
}
