import type { MessagePort } from 'node:worker_threads'
import type { BackupReport } from '../protocol/backup.js'
import type { JsonObject } from '../protocol/models.js'
import type { VerifyReport } from '../protocol/verify.js'
import type { BackupOptions } from './backup-database.js'
import type { Batch } from './calls/batch.js'
import type { ExecuteEach } from './calls/execute-each.js'
import type { Execute, ExecuteJson, LendJson } from './calls/execute.js'
import type { CloseOptions, LeasedConnection, LeaseOptions } from './executors/executor.js'
import type { ExecutorStats } from './stats.js'
import type { SubscribeOptions } from './subscriptions/options.js'
import type { ChangeSubscription } from './subscriptions/subscription.js'
import type { VerifyOptions } from './verify-database.js'

/** What is lent to a borrower: a connection for SQL, and operations in the same transaction. */
export interface Loan<Metadata extends object = JsonObject, Profile extends object = JsonObject> {
  readonly sql: LeasedConnection
  readonly execute: Execute<Metadata, Profile>
}

/**
 * What a database's calls come down to: threads of this process, or a server somewhere else. The facade knows nothing else; all
 * of it answers as its documentation of the same name says.
 */
export interface Backend<Metadata extends object, Profile extends object> {
  readonly path: string
  /** False when what is behind it has ended by itself, as a port's database does. */
  readonly isOpen: boolean
  readonly execute: Execute<Metadata, Profile>
  /** The same for calls of our own, whose types are no caller's. */
  readonly executeOurs: Execute
  readonly executeJson: ExecuteJson
  readonly lendJson: LendJson
  readonly batch: Batch<Metadata, Profile>
  readonly executeEach: ExecuteEach<Metadata, Profile>
  lend<Value>(
    work: (loan: Loan<Metadata, Profile>) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value>
  subscribe(options?: SubscribeOptions): ChangeSubscription<Metadata>
  /** How many subscriptions there are. */
  subscribers(): number
  ready(): Promise<void>
  createPort(): MessagePort
  stats(): Promise<ExecutorStats>
  verify(options: VerifyOptions): Promise<VerifyReport>
  backup(path: string, options: BackupOptions): Promise<BackupReport>
  close(options: CloseOptions): Promise<void>
}
