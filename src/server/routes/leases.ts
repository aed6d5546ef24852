import type { FastifyInstance } from 'fastify'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'
import type { IsLetIn } from '../access/authenticate.js'
import type { RunningLeases } from '../leases/running-leases.js'
import { isLeaseCall } from '../leases/lease-calls.js'
import { outcomeJson } from '../outcome-json.js'
import { goneOf } from './gone.js'
import { refuseQuery } from './request-params.js'

interface LeaseParams {
  readonly Params: { readonly leaseId: string; readonly call: string }
}

/** `withConnection` and `transaction` for clients of ours: a lease begins, answers calls, and commits or rolls back. */
export function leaseRoutes(
  app: FastifyInstance,
  db: DatabaseManager,
  leases: RunningLeases,
  isLetIn: IsLetIn,
): void {
  app.post('/v1/leases', { config: { needs: 'admin', channels: 'all channels' } }, async (request, reply) => {
    refuseQuery(request.query, 'parameters come in the body')
    const holder = { gone: goneOf(reply), isLetIn: () => isLetIn(request) }
    const leaseId = await leases.begin(db, request.body, holder)
    return reply.code(201).send({ leaseId })
  })

  app.post<LeaseParams>(
    '/v1/leases/:leaseId/:call',
    { config: { needs: 'admin', channels: 'all channels' } },
    async (request, reply) => {
      refuseQuery(request.query, 'parameters come in the body')
      const { leaseId, call } = request.params
      if (!isLeaseCall(call))
        throw new ConvoDbError('NOT_FOUND', `A lease has no call '${call.slice(0, 100)}'`)
      const text = await outcomeJson(() => leases.call(leaseId, call, request.body))
      return reply.type('application/json; charset=utf-8').send(text)
    },
  )
}
