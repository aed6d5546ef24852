import type { FastifyInstance } from 'fastify'
import { ConvoDbError } from '../../main/index.js'
import { callerOf, letInNoMore, type IsLetIn } from '../access/authenticate.js'
import { liftBodyLimit } from '../body-limit.js'
import type { Ingests } from '../ingest/ingests.js'
import { readSettings } from '../ingest/read-settings.js'
import { linger } from '../linger.js'
import { refuseConditions } from './conditions.js'

/** How often the key of an upload is looked at. */
const lookEveryMs = 500

/** `POST /v1/ingest`: messages as lines of JSON, however many, answered by lines of JSON while they come. */
export async function ingestRoutes(app: FastifyInstance, ingests: Ingests, isLetIn: IsLetIn): Promise<void> {
  await app.register(async (scope) => {
    // Its bodies are read as they come, so no other door's limit is theirs.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-ndjson', (_request, body, done) => done(null, body))
    scope.post(
      '/v1/ingest',
      { config: { needs: 'ingest', channels: 'what is of them' } },
      (request, reply) => {
        refuseConditions(request.headers)
        const settings = readSettings(request.headers, { ...Object(request.query) })
        const ingest = ingests.start(request.raw, callerOf(request), settings)
        liftBodyLimit(request.raw)
        const looking = setInterval(() => {
          if (!isLetIn(request)) ingest.stop(letInNoMore())
        }, lookEveryMs)
        void ingest.ended.then(() => clearInterval(looking))
        request.raw.socket.setTimeout(0)
        reply.raw.once('finish', () => linger(reply))
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) ingest.stop(new ConvoDbError('ABORTED', 'The client has gone'))
        })
        return reply.type('application/x-ndjson; charset=utf-8').send(ingest.lines)
      },
    )
  })
}
