import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { headersOf } from '../events/event-streams.js'
import { ConvoDbError, type DatabaseManager, type VerifyOptions } from '../../main/index.js'
import { goneOf } from './gone.js'
import { refuseQuery } from './request-params.js'

/** Whatever is done to the file as a whole; for admins. */
export function maintenanceRoutes(
  app: FastifyInstance,
  db: DatabaseManager,
  temporaryFolder: string | undefined,
): void {
  app.get('/v1/stats', { config: { needs: 'admin', channels: 'all channels' } }, ({ query }) => {
    refuseQuery(query)
    return db.stats()
  })

  app.post('/v1/verify', { config: { needs: 'admin', channels: 'all channels' } }, (request, reply) => {
    refuseQuery(request.query, 'parameters come in the body')
    return streamVerification(db, request.body, reply)
  })

  // Of those that are made or streamed: a process that ended before they are removed would leave them.
  const copies = new Set<Promise<void>>()
  app.addHook('onClose', async () => {
    await Promise.all(copies)
  })

  app.get('/v1/backup', { config: { needs: 'admin', channels: 'all channels' } }, async (request, reply) => {
    refuseQuery(request.query)
    const folder = await mkdtemp(join(temporaryFolder ?? tmpdir(), 'convodb-backup-'))
    const { promise: removed, resolve: isRemoved } = Promise.withResolvers<void>()
    copies.add(removed)
    const remove = async (): Promise<void> => {
      await removeFolder(folder).catch((error: unknown) => app.log.error(error))
      copies.delete(removed)
      isRemoved()
    }
    try {
      const { path, fileBytes } = await db.backup(join(folder, 'backup.db'), { signal: goneOf(reply) })
      const file = createReadStream(path).once('close', () => void remove())
      return await reply
        .header('content-type', 'application/vnd.sqlite3')
        .header('content-disposition', 'attachment; filename="backup.db"')
        .header('content-length', String(fileBytes))
        .send(file)
    } catch (error) {
      await remove()
      throw error
    }
  })
}

/** The thread of a copy that was given up may still be making files in it. */
const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })

/** Lines of JSON: `{"progress"}` as often as there is any, then `{"report"}` or `{"error"}`. */
async function streamVerification(
  db: DatabaseManager,
  body: unknown,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { maxProblems, ...rest } = Object(body)
  const options = { ...rest, ...(maxProblems != null && { maxProblems }), signal: goneOf(reply) }
  const write = (line: object): void => void reply.raw.write(`${JSON.stringify(line)}\n`)
  reply.hijack()
  reply.raw.writeHead(200, {
    ...headersOf(reply),
    'content-type': 'application/x-ndjson; charset=utf-8',
  })
  try {
    write({ report: await verify(db, { ...options, onProgress: (progress) => write({ progress }) }) })
  } catch (error) {
    write({ error: error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error)) })
  }
  reply.raw.end()
  return reply
}

const verify = (db: DatabaseManager, options: VerifyOptions) => db.verify(options)
