import type { FastifyInstance } from 'fastify'
import type { DatabaseManager } from '../../main/index.js'
import { needsOf } from '../access/operation-needs.js'
import type { Metrics } from '../metrics.js'
import { runOperation } from '../run-operation.js'
import { sendAnswer } from './answer.js'
import { readRequestParams } from './request-params.js'
import type { Resource } from './resource.js'
import { resources } from './resources.js'

/** The doors of `resources`, each to one operation. */
export function resourceRoutes(app: FastifyInstance, db: DatabaseManager, metrics: Metrics): void {
  for (const resource of resources) {
    app.route({
      method: resource.method,
      url: fastifyPath(resource),
      config: { needs: needsOf(resource.operation) },
      handler: async ({ params, query, body }, reply) => {
        const given = { path: { ...Object(params) }, query: { ...Object(query) }, body }
        const json = await runOperation(db, metrics, resource.operation, readRequestParams(resource, given))
        return sendAnswer(reply, resource, json)
      },
    })
  }
}

/** Fastify's form of a path: a colon of its own is written twice, and a parameter begins with one. */
const fastifyPath = ({ path }: Resource): string => path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1')
