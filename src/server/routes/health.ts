import type { FastifyInstance } from 'fastify'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'

/** For whoever watches over the process; they say nothing of what is in the database. */
export function healthRoutes(app: FastifyInstance, db: DatabaseManager): void {
  // Answering at all is the answer: the process is there, and its event loop turns.
  app.get('/healthz', { config: { needs: 'no key', channels: 'nothing of channels' } }, () => ({
    status: 'ok',
  }))

  app.get('/readyz', { config: { needs: 'no key', channels: 'nothing of channels' } }, async () => {
    if (db.status !== 'open') throw new ConvoDbError('CLOSED', 'The server is stopping')
    await db.execute('getChannel', { channelId: 'readyz' }, { timeoutMs: 2_000 })
    return { status: 'ready' }
  })
}
