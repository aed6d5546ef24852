import type { FastifyInstance } from 'fastify'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'
import { callerOf } from '../access/authenticate.js'
import { needsOf } from '../access/operation-needs.js'
import { hasBody } from '../body-limit.js'
import type { Metrics } from '../metrics.js'
import { callersKey } from '../operations/callers-key.js'
import { readKey } from '../operations/read-request.js'
import { endOfPoll } from '../operations/end-of-poll.js'
import { isRead, runOperation } from '../operations/run-operation.js'
import { sendAnswer, whenSent } from './answer.js'
import { refuseConditions } from './conditions.js'
import { readRequestParams } from './request-params.js'
import type { Resource } from './resource.js'
import { resources } from './resources.js'

/** The doors of `resources`, each to one operation; a write with the header `Idempotency-Key` is done once. */
export function resourceRoutes(app: FastifyInstance, db: DatabaseManager, metrics: Metrics): void {
  for (const resource of resources) {
    app.route({
      method: resource.method,
      url: fastifyPath(resource),
      config: { needs: needsOf(resource.operation), channels: 'each operation' },
      handler: async (request, reply) => {
        const { params, query, body, headers } = request
        if (resource.method !== 'GET') refuseConditions(headers)
        // Fastify reads none of these.
        if (resource.method === 'GET' && hasBody(request.raw)) throw bodyOfGet()
        const key = readKey(headers['idempotency-key'])
        const given = { path: { ...Object(params) }, query: { ...Object(query) }, body }
        const operationParams = readRequestParams(resource, given)
        const caller = callerOf(request)
        if (isRead(resource.operation)) await endOfPoll()
        await runOperation(
          { db, metrics, caller },
          resource.operation,
          operationParams,
          (json) => whenSent(sendAnswer(reply, resource, json)),
          key === undefined ? undefined : callersKey(caller, key),
        )
        return reply
      },
    })
  }
}

const bodyOfGet = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', 'the body is not read here; parameters come in the query', {
    field: 'the body',
  })

/** Fastify's form of a path: a colon of its own is written twice, and a parameter begins with one. */
const fastifyPath = ({ path }: Resource): string => path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1')
