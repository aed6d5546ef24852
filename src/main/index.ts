/** ConvoDB's public interface. */
import './assert-node-version.js'
export { connectPort, type ConnectOptions } from './connect-port.js'
export { connect, type ConnectToServerOptions } from './connect.js'
export { openDatabase } from './open-database.js'
export { closeOnSignals, type CloseOnSignalsOptions } from './close-on-signals.js'
export {
  diagnosticsChannels,
  type CheckpointEvent,
  type CommitEvent,
  type WorkerEndEvent,
  type WorkerStartEvent,
} from './diagnostics.js'
export { backupDatabase, restoreDatabase } from './backup-database.js'
export { verifyDatabase } from './verify-database.js'
export { ConvoDbError, errorCodes, type ErrorCode, type ErrorData } from '../protocol/errors.js'
export { operations, type OperationName, type Params, type Result } from '../protocol/operations.js'
export { toJsonForm } from '../protocol/json-form.js'
export { resultFromJson } from '../protocol/result-from-json.js'
export type { OpenOptions } from './options.js'
export type * from './public-types.js'
