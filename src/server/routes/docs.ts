import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { ConvoDbError } from '../../main/index.js'
import type { Sessions } from '../access/sessions.js'
import { openApiDocument } from '../openapi/document.js'

interface Login {
  readonly Querystring: { readonly token?: string }
}

/** What there is to call: for programs, and for people, who come in by the token that was printed at the start. */
export async function docsRoutes(
  app: FastifyInstance,
  sessions: Sessions,
  version: string,
  isSecure: boolean,
): Promise<void> {
  const document = openApiDocument(version)
  app.get('/openapi.json', { config: { needs: 'read', channels: 'nothing of channels' } }, () => document)

  app.get<Login>(
    '/login',
    { config: { needs: 'no key', channels: 'nothing of channels' } },
    async ({ query: { token } }, reply) => {
      const cookie = typeof token === 'string' ? sessions.begin(token, isSecure) : undefined
      if (cookie === undefined) {
        throw new ConvoDbError(
          'UNAUTHORIZED',
          'The token is good once, for a quarter of an hour; start the server again for another',
        )
      }
      return reply
        .header('set-cookie', cookie)
        .header('cache-control', 'no-store')
        .header('referrer-policy', 'no-referrer')
        .redirect('/docs', 303)
    },
  )

  await app.register(swagger, {
    mode: 'static',
    specification: { document: JSON.parse(JSON.stringify(document)) },
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
}
