import type { FastifyInstance } from 'fastify'
import { ConvoDbError } from '../../main/index.js'
import type { ResolvedServerOptions } from '../options.js'

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Whether nobody but this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * Refuses requests for another name: a page whose name was made to resolve to this machine (DNS rebinding) is of another origin by its
 * name alone.
 */
export function refuseOtherHosts(app: FastifyInstance, { host, allowedHosts }: ResolvedServerOptions): void {
  const known = new Set(
    [...loopback, host.includes(':') ? `[${host}]` : host, ...allowedHosts].map((name) => name.toLowerCase()),
  )
  app.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    if (!known.has(name)) done(unknownHost())
    else done(isGivenOnce(raw.rawHeaders) ? undefined : severalHosts())
  })
}

/** Node takes the first Host and drops the others (RFC 9112, 3.2: more than one is a bad request). */
function isGivenOnce(namesAndValues: readonly string[]): boolean {
  let count = 0
  for (let index = 0; index < namesAndValues.length; index += 2)
    if (namesAndValues[index]?.toLowerCase() === 'host') count += 1
  return count <= 1
}

const severalHosts = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', 'Host is given more than once', { field: 'host' })

const unknownHost = (): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    'Host names none of this server’s names; allowedHosts (--allowed-host) adds one',
    { field: 'host' },
  )
