import type { FastifyInstance } from 'fastify'
import type { DatabaseManager } from '../../main/index.js'
import { postgresSourceOf } from '../../main/postgres-source.js'
import { callerOf } from '../access/authenticate.js'
import type { Metrics } from '../metrics.js'
import { ResponseBudget } from '../operations/response-budget.js'
import { readRequest } from '../operations/read-request.js'
import { RequestOrder } from '../operations/request-order.js'
import { runRequest } from '../operations/run-request.js'
import { refuseConditions } from './conditions.js'
import { refuseQuery } from './request-params.js'

const inserted = '"inserted"'

/** `POST /v1/operations`: many operations in one request, each with an outcome of its own, in order. For clients of ours. */
export function operationRoutes(
  app: FastifyInstance,
  db: DatabaseManager,
  metrics: Metrics,
  maxResponseBytes: number,
): void {
  const order = new RequestOrder()
  app.addHook('preClose', async () => order.close())
  // Beside other servers of the same database none can know what a client has sent to them.
  const keepsOrder = postgresSourceOf(db) === undefined ? '"keepsOrder":true,' : ''
  app.post(
    '/v1/operations',
    { config: { needs: 'any key', channels: 'each operation' } },
    async (request, reply) => {
      refuseConditions(request.headers)
      refuseQuery(request.query, 'parameters come in the body')
      const { sequence, terse, ...asked } = readRequest(request.body, request.headers['idempotency-key'])
      const runner = {
        db,
        metrics,
        caller: callerOf(request),
        terse,
        budget: new ResponseBudget(maxResponseBytes),
      }
      const begun =
        sequence && (await order.turn({ ...sequence, client: `${runner.caller.keyId} ${sequence.client}` }))
      const running = runRequest(runner, asked)
      begun?.()
      const outcomes = await running
      const all =
        terse && outcomes.every((outcome) => outcome === inserted) ? inserted : `[${outcomes.join(',')}]`
      return reply
        .type('application/json; charset=utf-8')
        .send(`{${sequence === undefined ? '' : keepsOrder}"outcomes":${all}}`)
    },
  )
}
