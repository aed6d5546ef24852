import type { FastifyInstance } from 'fastify'
import type { DatabaseManager } from '../../main/index.js'
import { callerOf } from '../access/authenticate.js'
import type { Metrics } from '../metrics.js'
import { readRequest } from '../operations/read-request.js'
import { runRequest } from '../operations/run-request.js'

/** `POST /v1/operations`: many operations in one request, each with an outcome of its own, in order. For clients of ours. */
export function operationRoutes(app: FastifyInstance, db: DatabaseManager, metrics: Metrics): void {
  app.post('/v1/operations', { config: { needs: 'any key' } }, async (request, reply) => {
    const runner = { db, metrics, caller: callerOf(request) }
    const outcomes = await runRequest(runner, readRequest(request.body))
    return reply.type('application/json; charset=utf-8').send(`{"outcomes":[${outcomes.join(',')}]}`)
  })
}
