import type { FastifyInstance } from 'fastify'
import { ConvoDbError } from '../main/index.js'

/** Refuses queries that are percent-encoded wrongly, as paths are: their parser would take `%ff` for what was meant. */
export function refuseUnreadableQueries(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { url = '' } }, _reply, done) => {
    const query = url.slice(url.indexOf('?') + 1)
    done(query === url || isDecodable(query) ? undefined : unreadable())
  })
}

function isDecodable(text: string): boolean {
  try {
    // Of a call whose result nobody looks at, bundlers think that it does nothing.
    return decodeURIComponent(text).isWellFormed()
  } catch {
    return false
  }
}

const unreadable = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', 'The query is not percent-encoded UTF-8')
