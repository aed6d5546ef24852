import { errorCodes, type ErrorData } from '../../protocol/errors.js'
import { isOfOneRow } from '../connection/damaged-row.js'

/** Whether every operation of the transaction gets the error, since trying any of them again at once is no use. */
export const concernsTransaction = (error: ErrorData): boolean =>
  errorCodes[error.code].concerns !== 'operation' && !isOfOneRow(error)

/** Whether nobody knows after it what the system holds of the file, so that the connection must not be used again. */
export const concernsConnection = ({ code }: ErrorData): boolean => errorCodes[code].concerns === 'connection'

/** Whether it reads as damage of the file, and not of one row. */
export const isDamage = (error: ErrorData): boolean => error.code === 'CORRUPT' && !isOfOneRow(error)
