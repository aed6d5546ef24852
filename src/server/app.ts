import { readFileSync } from 'node:fs'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { ConvoDbError, type DatabaseManager } from '../main/index.js'
import { authenticate, isStillLetIn, type IsLetIn } from './access/authenticate.js'
import { refuseOtherHosts } from './access/hosts.js'
import type { Keys } from './access/keys.js'
import type { Sessions } from './access/sessions.js'
import type { EventStreams } from './events/event-streams.js'
import type { Imports } from './imports/imports.js'
import type { Ingests } from './ingest/ingests.js'
import type { RunningLeases } from './leases/running-leases.js'
import { logRequests, requestId } from './log-requests.js'
import { metricsRoutes, type Metrics } from './metrics.js'
import type { ResolvedServerOptions } from './options.js'
import { packageVersion } from '../main/package-version.js'
import { limitBodies } from './body-limit.js'
import { answerClientError } from './client-errors.js'
import { limitJsonDepth } from './json-depth.js'
import { endWithProblem, handleErrors } from './problem.js'
import { refuseUnreadableQueries } from './queries.js'
import { docsRoutes } from './routes/docs.js'
import { eventRoutes } from './routes/events.js'
import { healthRoutes } from './routes/health.js'
import { importRoutes } from './routes/import.js'
import { ingestRoutes } from './routes/ingest.js'
import { leaseRoutes } from './routes/leases.js'
import { maintenanceRoutes } from './routes/maintenance.js'
import { operationRoutes } from './routes/operations.js'
import { resourceRoutes } from './routes/resource-routes.js'

/** Percent-encoded, the longest id is longer than that many characters only where headers are too. */
const maxParamLength = 16_384

/** What pages of other origins may do and see, beside what any page may. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const exposedHeaders = ['etag', 'retry-after', 'x-request-id']

/** How often requests that take too long to arrive are looked for, in milliseconds; Node does it twice a minute. */
const connectionsCheckingInterval = 500

export interface AppParts {
  readonly db: DatabaseManager
  readonly keys: Keys
  readonly sessions: Sessions
  readonly leases: RunningLeases
  readonly ingests: Ingests
  readonly imports: Imports
  readonly metrics: Metrics
  readonly streams: EventStreams
  readonly logger: FastifyBaseLogger
  readonly options: ResolvedServerOptions
}

/** Every door of the server, and what stands before all of them. */
export async function createApp({
  db,
  keys,
  sessions,
  leases,
  ingests,
  imports,
  metrics,
  streams,
  logger,
  options,
}: AppParts): Promise<FastifyInstance> {
  const { tlsCert, tlsKey, maxHeaderBytes } = options
  // Of heads alone: bodies have a limit of their own, since an upload may take as long as it likes.
  const headersTimeout = options.requestTimeoutMs
  // Node has five minutes of its own for a whole request, and takes no longer time for a head than that.
  const requestTimeout = 0
  const connections = {
    maxHeaderSize: maxHeaderBytes,
    connectionsCheckingInterval,
    headersTimeout,
    requestTimeout,
    // Node would answer by a status alone; a request without one is refused where other names are.
    requireHostHeader: false,
  }
  const app: FastifyInstance = Fastify({
    ...(tlsCert === undefined || tlsKey === undefined
      ? { http: connections }
      : { https: { ...connections, cert: readFileSync(tlsCert), key: readFileSync(tlsKey) } }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    // A logger for each request would cost as much as reading its head; what is logged of one names it.
    childLoggerFactory: (parent) => parent,
    bodyLimit: options.maxBodyBytes,
    requestTimeout,
    connectionTimeout: options.idleTimeoutMs,
    keepAliveTimeout: options.idleTimeoutMs,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, { raw }) => endWithProblem(raw, request.id, error),
    // What JSON has is data: `__proto__` is a key like any other, and no object is made of it but by JSON.parse.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    routerOptions: { maxParamLength },
  })
  app.server.maxConnections = options.maxConnections
  limitBodies(app, options.requestTimeoutMs)
  limitJsonDepth(app, options.maxJsonDepth)
  handleErrors(app)
  logRequests(app)
  refuseOtherHosts(app, options)
  if (options.corsOrigins.length > 0)
    await app.register(cors, { origin: [...options.corsOrigins], methods, exposedHeaders })
  authenticate(app, keys, sessions)
  refuseUnreadableQueries(app)
  if (options.maxRequestsPerSecond > 0) {
    await app.register(rateLimit, {
      max: options.maxRequestsPerSecond,
      timeWindow: 1_000,
      // Before the body is read: who asks too often costs no more than that.
      hook: 'preParsing',
      keyGenerator: ({ caller, ip }) => caller?.keyId ?? ip,
      errorResponseBuilder: (_request, { max }) =>
        new ConvoDbError('RATE_LIMITED', `More than ${max} requests of this key in a second`, {
          maxRequestsPerSecond: max,
        }),
    })
  }
  healthRoutes(app, db)
  metricsRoutes(app, metrics)
  operationRoutes(app, db, metrics, options.maxResponseBytes)
  resourceRoutes(app, db, metrics)
  const isLetIn: IsLetIn = (request) => isStillLetIn(request, keys, sessions)
  eventRoutes(app, db, streams, isLetIn)
  leaseRoutes(app, db, leases, isLetIn)
  await ingestRoutes(app, ingests, isLetIn)
  await importRoutes(app, imports, isLetIn)
  maintenanceRoutes(app, db, options.temporaryFolder)
  await docsRoutes(app, sessions, packageVersion(), tlsCert !== undefined)
  return app
}
