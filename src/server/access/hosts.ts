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
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    done(known.has(name) ? undefined : unknownHost())
  })
}

const unknownHost = (): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    'Host names none of this server’s names; allowedHosts (--allowed-host) adds one',
    { field: 'host' },
  )
