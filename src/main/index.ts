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
export { backupDatabase, restoreDatabase, type BackupOptions } from './backup-database.js'
export { verifyDatabase, type VerifyOptions } from './verify-database.js'
export type { DatabaseManager } from './database-manager.js'
export type { BatchedOperation, BatchResults } from './calls/batch.js'
export type { OperationOutcome, OperationOutcomes } from './calls/execute-each.js'
export type { EmbeddingBatch } from './pending/embedding-batch.js'
export type { PendingEmbeddings } from './pending/read-pending.js'
export type { Transaction } from './calls/transaction.js'
export type { UserManager } from './calls/users.js'
export type { SubscribeOptions } from './subscriptions/options.js'
export type { ChangeSubscription } from './subscriptions/subscription.js'
export type { Segmenting, SegmentStrategy } from './segmenting/read-segmenting.js'
export type {
  DecideSegment,
  OpenSegment,
  OwnStrategy,
  SegmentAnswer,
  SegmentQuestion,
} from './segmenting/own-strategy.js'
export type { OpenOptions } from './options.js'
export type { CallOptions, ChannelOptions } from './validation/call-options.js'
export type { RequestOptions } from './validation/request-options.js'
export type { CloseOptions, LeasedConnection, LeaseOptions } from './executors/executor.js'
export type { ClusterStats, LaneStats, LastCheckpoint, LatencyMs, Restarts, Stats } from './stats.js'
export { ConvoDbError, errorCodes, type ErrorCode, type ErrorData } from '../protocol/errors.js'
export { operations, type OperationName, type Params, type Result } from '../protocol/operations.js'
export { toJsonForm } from '../protocol/json-form.js'
export { resultFromJson } from '../protocol/result-from-json.js'
export type { TimeInput, VectorInput } from '../protocol/wire.js'
export type { RunResult, SqlParams, SqlRow, SqlValue } from '../protocol/lease.js'
export type { VerifyCheck, VerifyProblem, VerifyProgress, VerifyReport } from '../protocol/verify.js'
export type { BackupProgress, BackupReport } from '../protocol/backup.js'
export type * from '../protocol/models.js'
export type * from '../protocol/listing-parameters.js'
export type * from '../protocol/parameters.js'
export type * from '../protocol/search-parameters.js'
export type * from '../protocol/history-models.js'
export type * from '../protocol/history-parameters.js'
export type * from '../protocol/recall-models.js'
export type * from './recall/recall-request.js'
export type * from '../protocol/pending-models.js'
export type * from '../protocol/pending-parameters.js'
export type * from '../protocol/segmenting-models.js'
export type * from '../protocol/segmenting-parameters.js'
export type * from '../protocol/embedding-parameters.js'
export type * from '../protocol/transfer-parameters.js'
