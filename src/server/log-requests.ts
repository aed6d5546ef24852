import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Version, trace, span, flags (https://www.w3.org/TR/trace-context/#traceparent-header). */
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The caller's own id where it is one, so that it finds its request in the logs. */
export function requestId({ headers }: { readonly headers: IncomingMessage['headers'] }): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** A line for each request when it is answered: which door, whose key, how it ended. Never a path, a query or a body: they hold ids and texts. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const [, traceId] = traceparent.exec(String(request.headers['traceparent'] ?? '')) ?? []
    request.log.info(
      {
        reqId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
        ...(request.caller !== undefined && { keyId: request.caller.keyId }),
        ...(traceId !== undefined && { traceId }),
      },
      'request',
    )
    done()
  })
}
