import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChangeSubscription, DatabaseManager } from '../../main/index.js'
import type { EventStreams } from '../event-streams.js'

interface Stream {
  readonly Params: { readonly channelId?: string }
  readonly Querystring: { readonly [field: string]: unknown }
}

const numbers: ReadonlySet<string> = new Set(['maxQueuedEvents', 'maxQueuedBytes'])

/**
 * What is committed, in the order of the commits, as Server-Sent Events; each has its cursor as its id, so that browsers go on where they
 * were (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
export function eventRoutes(app: FastifyInstance, db: DatabaseManager, streams: EventStreams): void {
  for (const url of ['/v1/events', '/v1/channels/:channelId/events']) {
    app.get<Stream>(url, { config: { needs: 'read', channels: 'all channels' } }, async (request, reply) => {
      const options = { ...readQuery(request.query), ...request.params, ...lastEventId(request) }
      const { nextCursor } = await db.listChanges({})
      await streams.send(reply, () => subscribe(db, options), nextCursor)
      return reply
    })
  }
}

/** What a client sends is checked there like what anybody gives. */
function subscribe(db: DatabaseManager, options: unknown): ChangeSubscription
function subscribe(db: { subscribe(options: unknown): ChangeSubscription }, options: unknown) {
  return db.subscribe(options)
}

const readQuery = (query: { readonly [field: string]: unknown }): object =>
  Object.fromEntries(
    Object.entries(query).map(([field, value]) => [field, numbers.has(field) ? Number(value) : value]),
  )

/** A browser that comes back says how far it was. */
function lastEventId({ headers }: FastifyRequest<Stream>): object {
  const id = headers['last-event-id']
  return typeof id === 'string' && id !== '' ? { after: id } : {}
}
