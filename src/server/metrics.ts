import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { diagnosticsChannels, type DatabaseManager, type Stats } from '../main/index.js'

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const sizes = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]

/** What is read of the database's own figures when somebody asks for metrics. */
const gauges: readonly {
  readonly name: string
  readonly help: string
  readonly of: (stats: Stats) => number
}[] = [
  { name: 'file_bytes', help: 'Size of the database file', of: (stats) => stats.fileBytes },
  { name: 'log_bytes', help: 'Size of the write-ahead log', of: (stats) => stats.walBytes },
  { name: 'commits', help: 'Transactions of the writer since the start', of: (stats) => stats.commits },
  { name: 'failed_batches', help: 'Transactions that failed as a whole', of: (stats) => stats.failedBatches },
  {
    name: 'read_queued_operations',
    help: 'Reads that wait for a thread',
    of: (stats) => stats.read.queuedOperations,
  },
  {
    name: 'write_queued_operations',
    help: 'Writes that wait for the writer',
    of: (stats) => stats.write.queuedOperations,
  },
  {
    name: 'write_queued_bytes',
    help: 'Bytes of the writes that wait',
    of: (stats) => stats.write.queuedBytes,
  },
  {
    name: 'oldest_reader_seconds',
    help: 'How long the oldest read has been running',
    of: (stats) => stats.oldestReaderMs / 1000,
  },
  {
    name: 'reader_restarts',
    help: 'Reader threads that were replaced',
    of: (stats) => stats.restarts.readers,
  },
  {
    name: 'writer_restarts',
    help: 'Writer threads that were replaced',
    of: (stats) => stats.restarts.writer,
  },
  {
    name: 'reopenings',
    help: 'Times the writer opened its file anew after a fault',
    of: (stats) => stats.restarts.reopenings,
  },
  {
    name: 'log_held',
    help: 'Whether a failed checkpoint holds the log',
    of: (stats) => Number(stats.isLogHeld),
  },
  {
    name: 'lost_commits',
    help: 'Commits that were acknowledged before a crash and are gone',
    of: (stats) => stats.lostCommits,
  },
  {
    name: 'subscribers',
    help: 'Who follows the changes',
    of: (stats) => stats.subscribers,
  },
  {
    name: 'damaged_rows',
    help: 'Rows that are not what their checksums say',
    of: (stats) => stats.scrub?.damagedRows ?? 0,
  },
]

/** Figures of one server, in the form of Prometheus. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #db: DatabaseManager
  readonly #gauges: readonly { readonly gauge: Gauge; readonly of: (stats: Stats) => number }[]
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #operations: Histogram<'operation'>
  readonly #operationCount: Counter<'operation'>
  readonly #ingestedLines: Counter<'outcome'>
  readonly #ingestedBytes: Counter
  readonly #stopListening: () => void

  constructor(db: DatabaseManager) {
    const registers = [this.#registry]
    this.#db = db
    // Among them the event loop's delay, and memory.
    collectDefaultMetrics({ register: this.#registry })
    this.#gauges = gauges.map(({ name, help, of }) => ({
      gauge: new Gauge({ name: `convodb_${name}`, help, registers }),
      of,
    }))
    this.#requests = new Histogram({
      name: 'convodb_http_request_duration_seconds',
      help: 'How long requests took',
      labelNames: ['method', 'route', 'status'],
      buckets: seconds,
      registers,
    })
    this.#operations = new Histogram({
      name: 'convodb_operation_duration_seconds',
      help: 'How long operations took, from the call to its answer; those that travelled together count as one',
      labelNames: ['operation'],
      buckets: seconds,
      registers,
    })
    this.#operationCount = new Counter({
      name: 'convodb_operations_total',
      help: 'Operations that were carried out',
      labelNames: ['operation'],
      registers,
    })
    this.#ingestedLines = new Counter({
      name: 'convodb_ingest_lines_total',
      help: 'Lines of uploads, by what became of them',
      labelNames: ['outcome'],
      registers,
    })
    this.#ingestedBytes = new Counter({
      name: 'convodb_ingest_bytes_total',
      help: 'Bytes of uploads as they were received, packed or not',
      registers,
    })
    const batches = new Histogram({
      name: 'convodb_batch_operations',
      help: 'Operations of one commit',
      buckets: sizes,
      registers,
    })
    const listen = (event: unknown): void => batches.observe(Number(Reflect.get(Object(event), 'operations')))
    subscribe(diagnosticsChannels.commit, listen)
    this.#stopListening = () => void unsubscribe(diagnosticsChannels.commit, listen)
  }

  observeRequest(method: string, route: string, status: number, durationMs: number): void {
    this.#requests.observe({ method, route, status: String(status) }, durationMs / 1000)
  }

  /** Operations that travelled together: all of a name are counted, and tell how long they took once. */
  observeOperations(operations: readonly string[], durationMs: number): void {
    const counts = new Map<string, number>()
    for (const operation of operations) counts.set(operation, (counts.get(operation) ?? 0) + 1)
    for (const [operation, count] of counts) {
      this.#operations.observe({ operation }, durationMs / 1000)
      this.#operationCount.inc({ operation }, count)
    }
  }

  observeOperation(operation: string, durationMs: number): void {
    this.#operations.observe({ operation }, durationMs / 1000)
    this.#operationCount.inc({ operation })
  }

  countIngestedBytes(bytes: number): void {
    this.#ingestedBytes.inc(bytes)
  }

  countIngestedLines(accepted: number, refused: number): void {
    this.#ingestedLines.inc({ outcome: 'accepted' }, accepted)
    this.#ingestedLines.inc({ outcome: 'refused' }, refused)
  }

  async text(): Promise<string> {
    const stats = await this.#db.stats()
    for (const { gauge, of } of this.#gauges) gauge.set(of(stats))
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  close(): void {
    this.#stopListening()
  }
}

/** `GET /metrics`, and what it tells of requests. */
export function metricsRoutes(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observeRequest(
      request.method,
      request.routeOptions.url ?? 'none',
      reply.statusCode,
      reply.elapsedTime,
    )
    done()
  })
  app.get('/metrics', { config: { needs: 'read', channels: 'all channels' } }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
}
