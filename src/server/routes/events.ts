import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ConvoDbError, type ChangeSubscription, type DatabaseManager } from '../../main/index.js'
import { refusing } from '../../main/calls/call-errors.js'
import { checkSubscribeOptions } from '../../main/subscriptions/options.js'
import { callerOf, type IsLetIn } from '../access/authenticate.js'
import type { Caller } from '../access/caller.js'
import { assertIsOneOf } from '../access/channel-rules.js'
import type { EventStreams } from '../events/event-streams.js'
import { openCursor } from '../operations/own-cursors.js'

interface Stream {
  readonly Params: { readonly channelId?: string }
  readonly Querystring: { readonly [field: string]: unknown }
}

const numbers: ReadonlySet<string> = new Set(['maxQueuedEvents', 'maxQueuedBytes'])

/**
 * What is committed, in the order of the commits, as Server-Sent Events; each has its cursor as its id, so that browsers go on where they
 * were (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
export function eventRoutes(
  app: FastifyInstance,
  db: DatabaseManager,
  streams: EventStreams,
  isLetIn: IsLetIn,
): void {
  for (const url of ['/v1/events', '/v1/channels/:channelId/events']) {
    app.get<Stream>(
      url,
      // The head of a stream has no end either.
      { exposeHeadRoute: false, config: { needs: 'read', channels: 'what is of them' } },
      async (request, reply) => {
        const caller = callerOf(request)
        const options = heldTo(caller, {
          ...readQuery(request),
          ...request.params,
          ...lastEventId(request),
        })
        const { nextCursor } = await db.listChanges({})
        const watcher = { caller, isLetIn: () => isLetIn(request) }
        // From the place that the client is told: nothing of what comes in between is left out.
        const from = { after: nextCursor, ...options }
        const refusal = refusalOf(from)
        if (refusal === undefined) await streams.send(reply, watcher, () => subscribe(db, from), nextCursor)
        else streams.refuse(reply, caller, refusal)
        return reply
      },
    )
  }
}

/** What can not be followed has no place that a browser could come back to: it would be taken for what was asked. */
function refusalOf(options: unknown): unknown {
  try {
    checkSubscribeOptions(options)
    return undefined
  } catch (error) {
    return refusing('subscribe', error)
  }
}

/** What a client sends is checked there like what anybody gives. */
function subscribe(db: DatabaseManager, options: unknown): ChangeSubscription
function subscribe(db: { subscribe(options: unknown): ChangeSubscription }, options: unknown) {
  return db.subscribe(options)
}

/** @throws INVALID_ARGUMENT of a field that only the server sets, or that is in the path */
function readQuery({ query, params }: FastifyRequest<Stream>): object {
  if (Object.hasOwn(query, 'withinChannels'))
    throw wrong('withinChannels', 'is not a known field of the query')
  if (Object.hasOwn(query, 'channelId') && params.channelId !== undefined)
    throw wrong('channelId', 'is in the path; leave it out elsewhere')
  return Object.fromEntries(
    Object.entries(query).map(([field, value]) => [field, numbers.has(field) ? toNumber(value) : value]),
  )
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })

/** What is none stays text, which is refused. */
const toNumber = (value: unknown): unknown => (/^\d{1,16}$/.test(String(value)) ? Number(value) : value)

/**
 * What a caller asks for, within its channels.
 *
 * @throws FORBIDDEN, the same whether or not a channel exists
 */
function heldTo(caller: Caller, options: object): object {
  if (caller.held === null) return options
  if ('channelId' in options) assertIsOneOf(caller, options.channelId)
  const opened = openCursor(caller, 'listChanges', options)
  return { ...Object(opened), withinChannels: [...caller.held.channels] }
}

/** A browser that comes back says how far it was. */
function lastEventId({ headers }: FastifyRequest<Stream>): object {
  const id = headers['last-event-id']
  return typeof id === 'string' && id !== '' ? { after: id } : {}
}
