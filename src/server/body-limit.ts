import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>()

/**
 * How long a request may take to arrive. Node's own limit (`server.requestTimeout`) can not be lifted for one request, so it is for
 * heads alone, and this one is for bodies. Whoever is too late gets 408, as from Node.
 */
export function limitBodies(app: FastifyInstance, timeoutMs: number): void {
  app.server.headersTimeout = timeoutMs
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw } = request
    if (hasBody(raw)) {
      // Nobody reads such a body, and what is not read does not end.
      if (raw.method === 'GET' || raw.method === 'HEAD') raw.resume()
      const timer = setTimeout(() => refuse(app, raw), timeoutMs).unref()
      timers.set(raw, timer)
      raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
    }
    done()
  })
}

/** One of no bytes has arrived with its head; it may be long before anybody reads its end. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined

/** Lets a body take as long as it does; whoever reads it has a limit of their own. */
export const liftBodyLimit = (request: IncomingMessage): void => clearTimeout(timers.get(request))

function refuse(app: FastifyInstance, { socket }: IncomingMessage): void {
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  app.server.emit('clientError', error, socket)
}
