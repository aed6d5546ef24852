import type { MessagePort } from 'node:worker_threads'
import type { CheckpointResult, JsonObject, RetentionReport } from '../protocol/models.js'
import type { SegmentingReport } from '../protocol/segmenting-models.js'
import type { CheckpointParams } from '../protocol/parameters.js'
import type { BackupReport } from '../protocol/backup.js'
import type { VerifyReport } from '../protocol/verify.js'
import type { BackupOptions } from './backup-database.js'
import type { CallOptions } from './validation/call-options.js'
import type { Batch } from './calls/batch.js'
import type { ExecuteEach } from './calls/execute-each.js'
import type { Calls } from './calls/calls.js'
import type { Execute, ExecuteJson, LendJson } from './calls/execute.js'
import type { Transaction } from './calls/transaction.js'
import type { UserManager } from './calls/users.js'
import type { CloseOptions, LeasedConnection, LeaseOptions } from './executors/executor.js'
import type { EmbeddingBatch } from './pending/embedding-batch.js'
import type { PendingEmbeddings } from './pending/read-pending.js'
import type { Retention } from './retention.js'
import type { Segmenting } from './segmenting/read-segmenting.js'
import type { Stats } from './stats.js'
import type { VerifyOptions } from './verify-database.js'
import type { SubscribeOptions } from './subscriptions/options.js'
import type { ChangeSubscription } from './subscriptions/subscription.js'

/**
 * The facade: every operation as a typed call, whatever executor carries it out.
 *
 * `Metadata` and `Profile` are a program's own types for those JSON objects, interfaces too; by default any JSON object.
 */
export interface DatabaseManager<Metadata extends object = JsonObject, Profile extends object = JsonObject>
  extends Calls<Metadata, Profile>, AsyncDisposable {
  /** The file's path, with symbolic links followed; of a `':memory:'` database that of its temporary file. */
  readonly path: string

  /** Whether it takes calls: `'closing'` and `'closed'` do not, and answer with CLOSED. */
  readonly status: 'open' | 'closing' | 'closed'

  /** The calls on users and their profiles, by themselves: `db.users.getUser` is `db.getUser`. */
  readonly users: UserManager<Metadata, Profile>

  /**
   * Runs an operation by its name in the registry, as a server does for its clients; the named calls do the same.
   *
   * @throws INVALID_ARGUMENT when there is no such operation, and whatever the operation throws
   * @example await db.execute('getChannel', { channelId: 'general' })
   */
  readonly execute: Execute<Metadata, Profile>

  /**
   * Runs a read by its name, and gives its result as JSON in UTF-8: for whoever sends it on, such as a server. It is written where the
   * rows are read, and costs this thread a tenth of what objects cost.
   *
   * @param options `withinChannels`, `signal`, `timeoutMs`.
   * @returns what `toJsonForm` makes of the result; `null` where there is none.
   * @throws INVALID_ARGUMENT when there is no such read, and whatever the operation throws
   * @example response.end(await db.executeJson('getMessages', { channelId: 'general' }))
   */
  readonly executeJson: ExecuteJson

  /**
   * As `executeJson`, for whoever sends so many answers on that memory matters: the bytes are lent. They are good until what `use`
   * returns settles; then others are written there, so wait in it until they were sent, and keep none. Not more than 64 answers are
   * lent at once, and none of more than 64 KiB; the others are given, which nobody needs to know.
   *
   * @param use gets the bytes; called once, when they are there.
   * @returns what `use` returns.
   * @throws as `executeJson`, and what `use` throws
   * @example
   * await db.lendJson('getMessages', { channelId: 'general' }, (json) => finished(response.end(json)))
   */
  readonly lendJson: LendJson

  /**
   * Runs several operations as one: in order, in one transaction, all or none, sent in one message. Each sees what those
   * before it did.
   *
   * @param operations up to 1,000 of `{ name, params }`, as `execute` takes them; reads may stand among the writes.
   * @param options `idempotencyKey`, `withinChannels`, `signal`, `timeoutMs`.
   * @returns the results in order, durable together.
   * @throws what the first that fails throws, with `index` and `operation` in the details; INVALID_ARGUMENT, OVERLOADED; with an
   *   `idempotencyKey` IDEMPOTENCY_KEY_REUSED, ANSWER_NOT_KEPT
   * @example
   * const [segment, stored] = await db.batch([
   *   { name: 'createConversationSegment', params: { segmentId: 's1', channelId: 'general', startTime: 0, endTime: 1 } },
   *   { name: 'storeMessage', params: { messageId: 'm1', channelId: 'general', userId: 'ada', content: 'hi', timestamp: 0 } },
   * ])
   */
  readonly batch: Batch<Metadata, Profile>

  /**
   * Runs several operations, in order, in one transaction, sent in one message; each stands or fails alone, where `batch` is all or
   * none. Each sees what those before it did.
   *
   * @param operations up to 1,000 of `{ name, params }`, as `execute` takes them; reads may stand among the writes.
   * @param options `idempotencyKey`, `withinChannels`, `signal`, `timeoutMs`.
   * @returns for each operation, in order, `{ ok: true, value }`, durable, or `{ ok: false, error }`, with `index` and `operation`
   *   in the error's details: what the operation throws; INVALID_ARGUMENT for one whose parameters are wrong, and the others run;
   *   ANSWER_NOT_KEPT in a repeated request for an answer that was too long to keep, or had to be forgotten.
   * @throws INVALID_ARGUMENT (no list, a wrong option), IDEMPOTENCY_KEY_REUSED, OVERLOADED, and what ends the whole transaction, of
   *   which nothing is done or remembered then: DISK_FULL, BUSY, CORRUPT, IO_ERROR, WORKER_LOST
   * @example
   * const outcomes = await db.executeEach(
   *   [{ name: 'recordActivity', params: { userId: 'ada' } }, { name: 'deleteMessages', params: { messageIds: ['m1'] } }],
   *   { idempotencyKey: 'request 4711' },
   * )
   */
  readonly executeEach: ExecuteEach<Metadata, Profile>

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Inside, the named calls of a
   * database and SQL of your own see what was done before them; other writes wait meanwhile, and reads do not. An operation
   * that fails leaves nothing behind, and `work` may catch its error and go on. Where nothing has to be read in between,
   * `batch` is faster: it keeps nobody waiting.
   *
   * @param work gets the transaction: `storeMessage`, `getMessages` and all the other calls, and `all`, `get`, `run`, `exec`. It
   *   is void when `work` ends.
   * @param options as of `withConnection`, but `mode` is `'write'` by default; `'read'` reads one snapshot.
   * @returns what `work` returned; durable for `'write'`.
   * @throws what `work` throws, and what `withConnection` throws
   * @example
   * await db.transaction(async (transaction) => {
   *   const [last] = await transaction.getMessagesByIds(['m1'])
   *   if (last !== undefined) await transaction.updateMessage({ messageId: 'm1', content: `${last.content}!` })
   * })
   */
  transaction<Value>(
    work: (transaction: Transaction<Metadata, Profile>) => Promise<Value> | Value,
    options?: LeaseOptions,
  ): Promise<Value>

  /**
   * Lends one worker's connection for SQL of your own, in one transaction: committed when `work` resolves, rolled back
   * when it throws. A `'read'` lease sees a snapshot in which every table is whole; during a `'write'` lease other writes
   * wait and reads do not. The tables to rely on are `channels`, `messages`, `users`, `user_profiles`,
   * `conversation_segments`, `segment_messages`, `embedding_models` and `embeddings` (docs/sql.md names their columns); tables of your own
   * may stand beside them. Counters, listings and search follow what you write.
   *
   * @param work gets `all`, `get`, `run`, `exec`; its connection is void when it returns.
   * @param options `mode` default `'read'`; `idleTimeoutMs`: silence after which the lease ends (default 10,000);
   *   `signal` and `timeoutMs` bound the wait and the work.
   * @returns what `work` returned; durable for `'write'`.
   * @throws what `work` throws; SQL_ERROR, CONFLICT (a constraint; or waiting for its own lease), SQL_NOT_ALLOWED
   *   (BEGIN, COMMIT, ROLLBACK, ATTACH, VACUUM, a PRAGMA that sets something, a change to ConvoDB's own tables),
   *   TRANSACTION_ENDED (a statement or the disk rolled it back; run the work again), LEASE_EXPIRED, ABORTED, TIMEOUT,
   *   BUSY, CLOSED
   * @example
   * const rows = await db.withConnection((connection) => connection.all('SELECT message_id FROM messages LIMIT ?', [3]))
   */
  withConnection<Value>(
    work: (connection: LeasedConnection) => Promise<Value> | Value,
    options?: LeaseOptions,
  ): Promise<Value>

  /**
   * Follows what is committed, whoever commits it: messages stored, updated and deleted, channels, segments, users. In the order of
   * the commits, none skipped and none twice, also when it goes on from a cursor after a restart. A stored or updated message is told as
   * it is when it is read; one that was deleted by then is told of as deleted only. Any number of subscribers share one reading
   * of the file. A subscription alone keeps no process alive.
   *
   * @param options `channelId`; `after`: the cursor to go on from, default now; `signal`; `maxQueuedEvents` default 10,000 and
   *   `maxQueuedBytes` default 16 MiB bound what waits to be taken.
   * @returns the changes one by one; each one's `cursor`, or the subscription's own, is where to go on. Leaving the loop ends it.
   * @throws from its `next`: INVALID_ARGUMENT, CURSOR_TOO_OLD (read anew what you keep a copy of, then follow from now), OVERLOADED
   *   (too slow; `details.cursor` is where to go on), ABORTED, CLOSED, and what a read throws
   * @example for await (const change of db.subscribe({ channelId: 'general', after: cursor })) cursor = change.cursor
   */
  subscribe(options?: SubscribeOptions): ChangeSubscription<Metadata>

  /**
   * Resolves when the write queue is at most half full, at once where it is: for producers that would rather wait than
   * be refused with OVERLOADED.
   *
   * @example for (const message of source) { await db.ready(); void db.storeMessage(message).catch(report) }
   */
  ready(): Promise<void>

  /**
   * A port to hand to a worker thread, which makes it a database with `connectPort(port)`. One thread, one port.
   *
   * @throws INVALID_ARGUMENT when this database itself came from `connectPort`; CLOSED
   * @example const port = db.createPort(); new Worker(url, { workerData: { port }, transferList: [port] })
   */
  createPort(): MessagePort

  /**
   * What there is and how it fares: rows per table, file and WAL bytes, queues, commits, latency percentiles in ms.
   *
   * @example const { rows, write } = await db.stats()
   */
  stats(options?: CallOptions): Promise<Stats>

  /**
   * Copies the write-ahead log into the database file (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html).
   *
   * @param params `mode` default `'passive'`, which waits for nobody; `'truncate'` also empties the log. All but `'passive'` wait for
   *   readers and for another checkpoint for `busyTimeoutMs`, and so do the writes behind them.
   * @returns `busy` when somebody kept it from finishing.
   * @example await db.checkpoint({ mode: 'truncate' })
   */
  checkpoint(params?: CheckpointParams, options?: CallOptions): Promise<CheckpointResult>

  /**
   * Deletes messages older than a time, with their embeddings and memberships, in slices that hold the writer for some
   * tens of milliseconds each, and gives the space back to the file system. Other writes go on between slices. Aborted
   * or interrupted by a crash it has deleted a part; called again it goes on from there.
   *
   * @param retention `olderThan`: messages with earlier timestamps go; `channelId`: of one channel only; `keepPinned`
   *   default false: true spares messages whose metadata says `"pinned": true`; `dryRun` default false: true counts and
   *   deletes nothing; `onProgress` is called after each slice with what was done by then.
   * @param options `signal` and `timeoutMs` end it between two slices, with ABORTED or TIMEOUT.
   * @returns how many messages were deleted (with `dryRun`: would be) and how many bytes the file shrank.
   * @throws INVALID_ARGUMENT, ABORTED, TIMEOUT, OVERLOADED, and what a write throws
   * @example await db.applyRetention({ olderThan: Date.now() - 90 * 86_400_000, keepPinned: true })
   */
  applyRetention(retention: Retention, options?: CallOptions): Promise<RetentionReport>

  /**
   * Divides a channel's messages into segments, and goes on with those that came since when it is called again. Each message comes
   * into one segment of a strategy at most, whoever runs it how often; runs at the same time, a crash and a repeated call change
   * nothing. The place of each strategy, with its parameters, is kept for each channel, so several stand side by side.
   *
   * @param segmenting `channelId`; `strategy`: `{ name: 'gap', minutes }` (default 30) joins what no longer silence parts,
   *   `{ name: 'replies' }` joins what answers each other, `{ name: 'conversations' }` finds who talks to whom about what;
   *   `{ name, decide, window }` or a named function is yours (docs/recall.md). `follow` default false: true goes on with every message
   *   that comes. `onProgress` is called after each step.
   * @param options `signal` and `timeoutMs` end it between two steps, with ABORTED or TIMEOUT; what was done stays.
   * @returns how many messages were decided about, how many of them joined a segment, and how many segments came into being. With
   *   `follow` it never returns.
   * @throws INVALID_ARGUMENT, ABORTED, TIMEOUT, CLOSED, OVERLOADED, what a function of yours throws, and what a write throws
   * @example await db.segmentChannel({ channelId: 'general', strategy: { name: 'conversations' } })
   */
  segmentChannel(segmenting: Segmenting<Metadata>, options?: CallOptions): Promise<SegmentingReport>

  /**
   * Gives out, batch by batch, the messages or segments that have no vector of a model, or one of a content that has changed since: to any
   * number of threads, processes and remote clients at once, each item to one of them. A batch that was not stored when its lease ends
   * is given to the next who asks, so what a crash has left is done by others, at least once. It ends when everything has its
   * vector or was skipped; until then it waits for what others have. A new name of a model makes everything pending for it.
   *
   * @param pending `model`; `owner`: `'message'` or `'segment'`; `batchSize` 1 to 1,000, default 100; `leaseMs` default 300,000: a batch must be
   *   stored by then; `follow` default false: true goes on with what comes.
   * @param options `signal` and `timeoutMs` end it between two batches, with ABORTED or TIMEOUT.
   * @returns batches: `items` of `{ ownerId, channelId, timestamp, text }`; `store(vectors)`, or `release()`. Leaving the loop gives back what
   *   was neither stored nor released. `storeEmbeddings` ends the lease, too. Several may take from one iterator.
   * @throws from its `next`: INVALID_ARGUMENT, ABORTED, TIMEOUT, CLOSED, FORBIDDEN (a key for certain channels), and what a write throws
   * @example
   * for await (const batch of db.pendingEmbeddings({ model: 'mini', owner: 'message' })) {
   *   await batch.store(await embedAll(batch.items.map(({ text }) => text)))
   * }
   */
  pendingEmbeddings(
    pending: PendingEmbeddings,
    options?: CallOptions,
  ): AsyncGenerator<EmbeddingBatch, undefined, undefined>

  /**
   * Verifies the database's file while it is in use, as `verifyDatabase` does: every row against its checksum, counters
   * against rows, and all that is kept twice against each other. It reads on a thread of its own; calls go on meanwhile.
   *
   * @param options `onProgress`, `signal`, `maxProblems` (default 100).
   * @returns a report. A damaged file is no error: `isOk` is false, and `problems` says what is wrong.
   * @throws INVALID_ARGUMENT, ABORTED, BUSY; CLOSED, also when the database is closed meanwhile
   * @example const { isOk, problems } = await db.verify({ signal: AbortSignal.timeout(60_000) })
   */
  verify(options?: VerifyOptions): Promise<VerifyReport>

  /**
   * Copies the database into a file of its own while it is in use; holds everything that was acknowledged before the call.
   * The copy is made in a folder beside it (`.unfinished`), verified row by row, synced, and only then renamed. Writes go on
   * meanwhile; the write-ahead log can not shrink until the copying is done.
   *
   * @param path the backup; its folder is created where missing.
   * @param options `overwrite` default false; `onProgress` gets `{ step, share }`; `signal`.
   * @returns the backup's path, size and rows, once it is durable under its name.
   * @throws INVALID_ARGUMENT (also for a name that belongs to a database, such as its log's), ALREADY_EXISTS (without
   *   `overwrite`), LOCKED or BUSY (the file there is a database in use), CORRUPT (this database is damaged), DISK_FULL, IO_ERROR,
   *   CANNOT_OPEN (no file, but a folder or the like), ABORTED, CLOSED (the database was closed meanwhile)
   * @example await db.backup(`backups/${new Date().toISOString().slice(0, 10)}.db`)
   */
  backup(path: string, options?: BackupOptions): Promise<BackupReport>

  /**
   * Refreshes the statistics by which SQLite plans queries; cheap, worth a call a day.
   *
   * @example await db.optimize()
   */
  optimize(options?: CallOptions): Promise<void>

  /**
   * Takes no new calls, answers those accepted, checkpoints, closes every connection and ends every thread. Calling it
   * again waits for the same end. `await using` calls it.
   *
   * @param options `timeoutMs`: what is not answered by then gets CLOSED or, where the writer has it, OUTCOME_UNKNOWN;
   *   default the option `closeTimeoutMs` (10,000). SQL of a borrower's that is running can not be interrupted: its thread
   *   is left behind, and node waits for it when the process exits by itself.
   * @throws INVALID_ARGUMENT, and the database stays open
   * @example await db.close({ timeoutMs: 2_000 })
   */
  close(options?: CloseOptions): Promise<void>
}
