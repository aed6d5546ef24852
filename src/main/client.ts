/** `convodb/client`: the interface to a server, with nothing behind it that a browser has not. */
export { connect, type ConnectToServerOptions } from './connect.js'
export { ConvoDbError, type ErrorCode, type ErrorData } from '../protocol/errors.js'
export type { OperationName, Params, Result } from '../protocol/operations.js'
export type * from './public-types.js'
