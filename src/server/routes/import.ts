import type { FastifyInstance } from 'fastify'
import { letInNoMore, type IsLetIn } from '../access/authenticate.js'
import { liftBodyLimit } from '../body-limit.js'
import type { Imports } from '../imports/imports.js'
import { readAsked } from '../imports/read-asked.js'
import { linger } from '../linger.js'
import { refuseConditions } from './conditions.js'

/** How often the key of an upload is looked at. */
const lookEveryMs = 500

/** `POST /v1/import`: an archive or a file of any format that `convodb import` reads, answered by lines of JSON. */
export async function importRoutes(app: FastifyInstance, imports: Imports, isLetIn: IsLetIn): Promise<void> {
  await app.register(async (scope) => {
    // Its bodies are read as they come, so no other door's limit is theirs; what they are is found out from them.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
    scope.post('/v1/import', { config: { needs: 'admin', channels: 'all channels' } }, (request, reply) => {
      refuseConditions(request.headers)
      const gone = new AbortController()
      const lines = imports.start(request.raw, readAsked({ ...Object(request.query) }), gone.signal)
      liftBodyLimit(request.raw)
      request.raw.socket.setTimeout(0)
      const looking = setInterval(() => {
        if (!isLetIn(request)) gone.abort(letInNoMore())
      }, lookEveryMs)
      reply.raw.once('finish', () => linger(reply))
      reply.raw.once('close', () => {
        clearInterval(looking)
        gone.abort()
      })
      return reply.type('application/x-ndjson; charset=utf-8').send(lines)
    })
  })
}
