import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ConvoDbError } from '../../main/index.js'
import { mayDo, type Caller, type Scope } from './caller.js'
import { doorRuleOf, isDocsPath } from './door-rules.js'
import type { Keys } from './keys.js'
import { outsideItsChannels } from './outside-its-channels.js'
import type { Sessions } from './sessions.js'

/** A scope; or any key, where the handler looks further; or none. */
type Need = Scope | 'any key' | 'no key'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of a route that needs a key. */
    caller: Caller | undefined
  }
  interface FastifyContextConfig {
    /** What a key must be allowed for this route. */
    needs?: Need
  }
}

/** Lets nobody through a door without its key. */
export function authenticate(app: FastifyInstance, keys: Keys, sessions: Sessions): void {
  app.decorateRequest('caller', undefined)
  app.addHook('onRoute', (route) => {
    if (doorRuleOf(route) !== undefined) return
    throw new ConvoDbError('INTERNAL', `${String(route.method)} ${route.url} does not say what it gives whom`)
  })
  // No promise where the key is known, as it is for every request but a few.
  app.addHook('onRequest', (request, _reply, done) => {
    const needs = neededFor(request)
    if (needs === 'no key') return done()
    const found = findCaller(request, keys, sessions)
    if (!(found instanceof Promise)) return done(refusalOf(request, needs, found))
    void letIn(
      found.then((caller) => refusalOf(request, needs, caller)),
      done,
    )
  })
}

async function letIn(
  looking: Promise<ConvoDbError | undefined>,
  done: (refusal?: Error) => void,
): Promise<void> {
  const refusal = await looking.catch((error: unknown) =>
    error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error)),
  )
  done(refusal)
}

/** Why somebody may not pass, if so; who may is the request's caller from now on. */
function refusalOf(
  request: FastifyRequest,
  needs: Exclude<Need, 'no key'>,
  caller: Caller | undefined,
): ConvoDbError | undefined {
  if (caller === undefined)
    return new ConvoDbError('UNAUTHORIZED', 'A key is needed: Authorization: Bearer <key>')
  request.caller = caller
  if (needs !== 'any key' && !mayDo(caller.scope, needs)) return tooNarrow(caller, needs)
  return caller.held === null || mayPass(request) ? undefined : outsideItsChannels()
}

/** What a route does not say is for admins: a door that was forgotten stays shut. A preflight has no key to show. */
function neededFor({ method, is404, routeOptions: { config, url = '' } }: FastifyRequest): Need {
  if (is404) return 'any key'
  if (config.needs !== undefined) return config.needs
  if (isDocsPath(url)) return 'read'
  return method === 'OPTIONS' ? 'no key' : 'admin'
}

/** A key of certain channels passes no door but those that say so. */
function mayPass({ method, is404, routeOptions: { config, url = '' } }: FastifyRequest): boolean {
  return is404 || (doorRuleOf({ method, url, config }) ?? 'all channels') !== 'all channels'
}

/** @throws FORBIDDEN */
export function assertMay(caller: Caller, needs: Scope): void {
  if (!mayDo(caller.scope, needs)) throw tooNarrow(caller, needs)
}

const tooNarrow = ({ scope }: Caller, needs: Scope): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', `This needs a key of scope '${needs}'; this one has '${scope}'`, {
    scope,
    needs,
  })

/** Who makes a request of a route that needs a key. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === undefined)
    throw new ConvoDbError('INTERNAL', 'A request without a caller has passed the door')
  return caller
}

export type IsLetIn = (request: FastifyRequest) => boolean

/** What goes on for long ends with this when its key is revoked or has expired. */
export const letInNoMore = (): ConvoDbError =>
  new ConvoDbError('UNAUTHORIZED', 'The key was revoked or has expired meanwhile')

/** Whether who made a request may still go on with it, however long that takes. */
export function isStillLetIn(request: FastifyRequest, keys: Keys, sessions: Sessions): boolean {
  const key = keyIn(request)
  return request.headers.authorization === undefined
    ? sessions.find(request) !== undefined
    : key !== undefined && keys.isStillGood(key)
}

function findCaller(request: FastifyRequest, keys: Keys, sessions: Sessions): ReturnType<Keys['find']> {
  if (request.headers.authorization === undefined) return sessions.find(request)
  const key = keyIn(request)
  return key === undefined ? undefined : keys.find(key)
}

function keyIn({ headers }: FastifyRequest): string | undefined {
  const [, key] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? []
  return key
}
