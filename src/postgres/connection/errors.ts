import pg from 'pg'
import { ConvoDbError, type ErrorCode, type ErrorData } from '../../protocol/errors.js'

/** What PostgreSQL's codes mean here (https://www.postgresql.org/docs/current/errcodes-appendix.html); by code or by class. */
const codes: { readonly [sqlState: string]: ErrorCode } = {
  '40001': 'BUSY',
  '40P01': 'BUSY',
  '55P03': 'BUSY',
  '57014': 'TIMEOUT',
  '25006': 'READ_ONLY',
  '42501': 'READ_ONLY',
  '25P03': 'LEASE_EXPIRED',
  '25P04': 'TIMEOUT',
  '53100': 'DISK_FULL',
  '53200': 'OVERLOADED',
  '53300': 'OVERLOADED',
  '58030': 'IO_ERROR',
  XX001: 'CORRUPT',
  XX002: 'CORRUPT',
  '57P01': 'UNREACHABLE',
  '57P02': 'UNREACHABLE',
  '57P03': 'UNREACHABLE',
  '57P05': 'UNREACHABLE',
  '08': 'UNREACHABLE',
  '28': 'CANNOT_OPEN',
  '3D': 'CANNOT_OPEN',
}

/**
 * Of an error of the server's; others have codes, too, such as EPIPE. A coordinator whose node is gone while rows are copied to it says that
 * its disk has failed.
 */
function sqlStateOf(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return ''
  return error.code === '58030' && error.file === 'multi_copy.c' ? '08006' : (error.code ?? '')
}

/** Ours, and none of the connection's. */
const isMistake = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError

/** A transaction's number that the server does not know, after a crash in which it was lost. */
export const isUnknownNumber = (error: unknown): boolean => sqlStateOf(error) === '22023'

/** Whether the transaction would have come to an end had others not been in its way. */
export const hasMetOthers = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error))

/** Whether a node was lost that has done something in the transaction already, which a coordinator has no code for: then all of it is void. */
const hasLostItsNode = (error: unknown): boolean =>
  sqlStateOf(error) === 'XX000' && error instanceof Error && error.message.includes('marked as essential')

/** Whether the same transaction may come to an end when it is tried again. */
export const isWorthRetrying = (error: unknown): boolean => hasMetOthers(error) || hasLostItsNode(error)

/** Whether a statement failed for one before it: in a transaction that has failed; and one that would have been prepared in it. */
export const isAfterFailure = (error: unknown): boolean => ['25P02', '26000'].includes(sqlStateOf(error))

/**
 * Whether the server answers no more over this connection, whatever it did before. A pooler ends one by 08P01; the server itself one that was
 * idle for longer than the role's settings let it be, by 57P05, and by 25P03 in a transaction.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(57P0[1235]|25P03|08P01)/.test(sqlStateOf(error))
  return !(error instanceof ConvoDbError) && !isMistake(error)
}

/**
 * Whether a coordinator could not reach a node of its cluster: its own connection is whole, and what asks other nodes goes on. The server
 * itself has no other use for class 08.
 */
export const isOfNode = ({ code, details }: Pick<ErrorData, 'code' | 'details'>): boolean =>
  code === 'UNREACHABLE' && /^08(?!P01)/.test(String(details?.['sqlState'] ?? ''))

/** Whether a commit that was answered by this may be known by its mark alone: a node was lost on the way, or whoever is in between. */
export const leavesCommitInDoubt = (error: unknown): boolean => /^(08|XX000)/.test(sqlStateOf(error))

/** An error of the server's, or of the way to it, as one of ours. */
export function toError(error: unknown): ConvoDbError {
  if (error instanceof ConvoDbError) return error
  const sqlState = sqlStateOf(error)
  const code =
    codes[sqlState] ?? codes[sqlState.slice(0, 2)] ?? (isConnectionLost(error) ? 'UNREACHABLE' : 'INTERNAL')
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const todo = lacksRights(sqlState) ? '; have the owner GRANT this role what it lacks' : ''
  return new ConvoDbError(code, `PostgreSQL: ${message}${todo}`, { sqlState }, { cause: error })
}

/** A role that may not read was told so when the database was opened: met later, it is one that may not write. */
const lacksRights = (sqlState: string): boolean => sqlState === '42501'

const foreign = 'other tables of such names are here: give ConvoDB a database, or a schema of its own'
/** What to do where the tables can not be made or read. */
const advice: { readonly [sqlState: string]: string } = {
  '3F000': 'make a schema, and have it on the search_path of this role',
  '42703': foreign,
  '42809': foreign,
  '42P07': foreign,
  '42P10': foreign,
  '55000': foreign,
}

/** An error met while a database is opened: one that the server has no other code of ours for is about what it finds there. */
export function toOpeningError(error: unknown): ConvoDbError {
  const { code, message, details, cause } = toError(error)
  const sqlState = sqlStateOf(error)
  if ((code !== 'INTERNAL' && !lacksRights(sqlState)) || sqlState === '') return toError(error)
  const todo = advice[sqlState]
  const whole = todo === undefined ? message : `${message}; ${todo}`
  return new ConvoDbError('CANNOT_OPEN', whole, details, { cause })
}

export const toErrorData = (error: unknown): ErrorData => toError(error).toJSON()
