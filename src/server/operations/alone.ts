import { ConvoDbError } from '../../main/index.js'

/** The error that an operation by itself would have met: its place among others is the server's business. */
export function alone(error: ConvoDbError): ConvoDbError {
  if (error.cause instanceof ConvoDbError) return error.cause
  const { index: _, operation: name, ...details } = error.details
  return new ConvoDbError(error.code, error.message, details, {
    operation: typeof name === 'string' ? name : error.operation,
    cause: error.cause,
  })
}
