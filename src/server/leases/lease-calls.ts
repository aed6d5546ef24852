import { sqlParamsFromJson, sqlRowToJson } from '../../main/executors/http/sql-json.js'
import { executeByName } from '../operations/by-name.js'
import { ConvoDbError, toJsonForm, type Transaction } from '../../main/index.js'

/** What a lease is asked to do, in JSON, and what it answers. */
const calls = {
  async all(transaction: Transaction, { sql, params }: CallBody) {
    return (await transaction.all(textOf(sql), sqlParamsFromJson(params))).map(sqlRowToJson)
  },
  async get(transaction: Transaction, { sql, params }: CallBody) {
    const row = await transaction.get(textOf(sql), sqlParamsFromJson(params))
    return row === undefined ? null : sqlRowToJson(row)
  },
  async run(transaction: Transaction, { sql, params }: CallBody) {
    const { changes, lastInsertRowid } = await transaction.run(textOf(sql), sqlParamsFromJson(params))
    return sqlRowToJson({ changes, lastInsertRowid })
  },
  async exec(transaction: Transaction, { sql }: CallBody) {
    await transaction.exec(textOf(sql))
    return null
  },
  async execute(transaction: Transaction, { name, params }: CallBody) {
    return toJsonForm(await executeByName(transaction, name, params))
  },
} as const

interface CallBody {
  readonly sql?: unknown
  readonly params?: unknown
  readonly name?: unknown
}

/** `wait` is answered when the lease has ended, however it did. */
export type LeaseCall = keyof typeof calls | 'commit' | 'rollback' | 'wait'

export const isLeaseCall = (call: string): call is LeaseCall =>
  Object.hasOwn(calls, call) || call === 'commit' || call === 'rollback' || call === 'wait'

export const runLeaseCall = (
  transaction: Transaction,
  call: keyof typeof calls,
  body: unknown,
): Promise<unknown> => calls[call](transaction, { ...Object(body) })

function textOf(sql: unknown): string {
  if (typeof sql === 'string') return sql
  throw new ConvoDbError('INVALID_ARGUMENT', 'sql must be text', { field: 'sql' })
}
