import { ConvoDbError } from '../../../protocol/errors.js'
import type { SqlParams } from '../../../protocol/lease.js'
import type { JsonObject } from '../../../protocol/models.js'
import type { OperationName } from '../../../protocol/operations.js'
import type { Loan } from '../../backend.js'
import { answering, refusing } from '../../calls/call-errors.js'
import type { Execute } from '../../calls/execute.js'
import { refuseOptions } from '../../calls/refuse-options.js'
import type { CallOptions } from '../../validation/call-options.js'
import type { LeasedConnection, LeaseOptions } from '../executor.js'
import { onAbort } from '../lanes/call.js'
import { checkStatement } from '../leases/check-statement.js'
import { PendingRejections } from '../leases/pending-rejections.js'
import { decodeResult } from './decode-result.js'
import { encodeParams } from './encode-params.js'
import { errorOf } from './problem.js'
import { sqlParamsToJson, sqlRowFromJson } from './sql-json.js'
import type { Request, Transport } from './transport.js'

type Call = (call: string, fields?: string) => Promise<unknown>

/** Runs `work` with a connection that the server lends: it is committed when `work` resolves, rolled back when it throws. */
export async function runLease<Metadata extends object, Profile extends object, Value>(
  transport: Transport,
  work: (loan: Loan<Metadata, Profile>) => Promise<Value> | Value,
  { mode = 'read', idleTimeoutMs, signal, timeoutMs }: LeaseOptions,
): Promise<Value> {
  const pending = new PendingRejections()
  const stopWatching = watchCaller(pending, signal, timeoutMs)
  const ended = new AbortController()
  let leaseId: string | undefined
  let isOver = false
  let isCommitting = false
  const isRead = mode === 'read'
  const call: Call = (name, fields = '') =>
    pending.guard(
      ask(transport, `v1/leases/${String(leaseId)}/${name}`, `{${fields}}`, { isRepeatable: false, isRead }),
    )
  try {
    if (pending.reason !== undefined) throw pending.reason
    const body = JSON.stringify({ mode, idleTimeoutMs, timeoutMs })
    const began = transport.ask({
      method: 'POST',
      path: 'v1/leases',
      body,
      // Asked once more it would hold a second connection. One that has begun unnoticed ends by its idle limit, and has changed nothing.
      isRepeatable: false,
      isRead: true,
      signal: ended.signal,
    })
    leaseId = String(Reflect.get(Object(await pending.guard(began)), 'leaseId'))
    void watchLease(transport, leaseId, ended.signal, (reason) => {
      isOver = true
      if (!isCommitting || !isOfNoLease(reason)) pending.end(reason)
    })
    const loan = { sql: toConnection(call), execute: toExecute<Metadata, Profile>(call) }
    let value: Value
    try {
      value = await pending.guard(Promise.resolve(work(loan)))
    } catch (error) {
      // Of one that the server has ended nothing is left to roll back, and the server itself may be gone.
      if (!isOver) {
        const rolledBack = ask(transport, `v1/leases/${leaseId}/rollback`, '{}', { isRepeatable: true })
        await rolledBack.catch(() => 'rolled back by its idle limit')
      }
      throw error
    }
    if (!isOver) isCommitting = true
    await pending.guard(commit(transport, leaseId, isRead))
    return value
  } finally {
    stopWatching()
    pending.end(new ConvoDbError('LEASE_EXPIRED', 'The leased connection was given back when its work ended'))
    ended.abort()
  }
}

/** Of a server that is not there, or was started after the lease began: how the lease ended it does not tell. */
const isOfNoLease = (error: unknown): boolean =>
  error instanceof ConvoDbError && (error.code === 'LEASE_EXPIRED' || error.code === 'UNREACHABLE')

/** Asked again where no answer comes: a server remembers how a lease has ended, but not over its own end. */
async function commit(transport: Transport, leaseId: string, isRead: boolean): Promise<void> {
  let attempts = 0
  const onAttempted = (): void => void (attempts += 1)
  try {
    await ask(transport, `v1/leases/${leaseId}/commit`, '{}', { isRepeatable: true, isRead, onAttempted })
  } catch (error) {
    if (isRead || attempts === 1 || !isOfNoLease(error)) throw error
    throw new ConvoDbError(
      'OUTCOME_UNKNOWN',
      'The server did not answer the commit, and knows nothing of the lease now: whether it was committed is unknown',
      {},
      { cause: error },
    )
  }
}

async function ask(
  transport: Transport,
  path: string,
  body: string,
  terms: Pick<Request, 'isRepeatable' | 'isRead' | 'signal' | 'onAttempted'>,
): Promise<unknown> {
  const outcome = await transport.ask({ method: 'POST', path, body, ...terms })
  if (Reflect.get(Object(outcome), 'ok') === true) return Reflect.get(Object(outcome), 'value')
  throw (
    errorOf(Reflect.get(Object(outcome), 'error')) ??
    new ConvoDbError('INTERNAL', 'The server gave no answer to this call')
  )
}

/** @throws INVALID_ARGUMENT */
function sqlFields(sql: string, params: SqlParams = []): string {
  checkStatement(sql, params)
  return `"sql":${JSON.stringify(sql)},"params":${JSON.stringify(sqlParamsToJson(params))}`
}

function toConnection(call: Call): LeasedConnection {
  return Object.freeze<LeasedConnection>({
    async all(sql, params) {
      const rows = await call('all', sqlFields(sql, params))
      return Array.isArray(rows) ? rows.map(sqlRowFromJson) : []
    },
    async get(sql, params) {
      const row = await call('get', sqlFields(sql, params))
      return row === null ? undefined : sqlRowFromJson(row)
    },
    async run(sql, params) {
      const { changes, lastInsertRowid } = sqlRowFromJson(await call('run', sqlFields(sql, params)))
      const rowid = typeof lastInsertRowid === 'bigint' ? lastInsertRowid : Number(lastInsertRowid)
      return { changes: Number(changes), lastInsertRowid: rowid }
    },
    async exec(sql) {
      await call('exec', sqlFields(sql))
    },
  })
}

function toExecute<Metadata extends object = JsonObject, Profile extends object = JsonObject>(
  call: Call,
): Execute<Metadata, Profile>
function toExecute(call: Call): unknown {
  return async <N extends OperationName>(
    name: N,
    params: unknown,
    options?: CallOptions,
  ): Promise<unknown> => {
    refuseOptions(options)
    const fields = `"name":${JSON.stringify(name)},"params":${read(name, params)}`
    try {
      return decodeResult(await call('execute', fields))
    } catch (error) {
      throw answering(name, error)
    }
  }
}

function read(name: string, params: unknown): string {
  try {
    return encodeParams(params)
  } catch (error) {
    throw refusing(name, error)
  }
}

/** Tells when the server ends a lease: idle for too long, or its thread lost. */
async function watchLease(
  transport: Transport,
  leaseId: string,
  signal: AbortSignal,
  onEnd: (reason: Error) => void,
): Promise<void> {
  try {
    await ask(transport, `v1/leases/${leaseId}/wait`, '{}', {
      isRepeatable: true,
      isRead: true,
      signal,
    })
  } catch (error) {
    if (error instanceof Error && !signal.aborted) onEnd(error)
  }
}

function watchCaller(
  pending: PendingRejections,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): () => void {
  const end = (code: 'ABORTED' | 'TIMEOUT', message: string): void =>
    pending.end(new ConvoDbError(code, `${message}; it was rolled back, unless it was being committed`))
  const abort = (): void => end('ABORTED', 'The lease was aborted by its signal')
  if (signal?.aborted === true) abort()
  const stopListening = signal && onAbort(signal, abort)
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => end('TIMEOUT', `The lease took longer than ${timeoutMs} ms`), timeoutMs)
  return () => {
    stopListening?.()
    clearTimeout(timer)
  }
}
