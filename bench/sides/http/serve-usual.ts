import { timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'
import { describeSqlite, openSqlite } from '../sqlite.js'
import { messageColumns, messageJoins, placeJoin, type MessageRow } from '../reads/message-rows.js'
import type { Served } from './serve.js'

const key = Buffer.from('Bearer usual')

interface PageRequest {
  readonly Params: { readonly channelId: string }
  readonly Querystring: { readonly limit: number }
}

interface BatchRequest {
  readonly Body: {
    readonly messages: readonly {
      readonly messageId: string
      readonly channelId: string
      readonly userId: string
      readonly content: string
      readonly timestamp: number
    }[]
  }
}

/** What is stored meanwhile goes into a table of its own, with the two keys that anybody would give it. */
const createIncoming = `
  CREATE TABLE IF NOT EXISTS incoming (
    message_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, user_id TEXT NOT NULL, content TEXT NOT NULL, timestamp INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS incoming_by_channel ON incoming (channel_id, timestamp)`
const selectKey = 'SELECT channel_key FROM channels WHERE channel_id = ?'
const selectPage = `
  SELECT ${messageColumns} FROM channel_messages AS places ${placeJoin} ${messageJoins}
  WHERE places.channel_key = ?
  ORDER BY places.timestamp DESC, places.message_key DESC LIMIT ?`

/** The same endpoint as it is usually written: Fastify, better-sqlite3 on the thread that answers, objects, `JSON.stringify`. */
export async function serveUsual(path: string): Promise<Served> {
  const database = openSqlite(path)
  database.exec(createIncoming)
  const keyOf = database.prepare<[string], number>(selectKey).pluck()
  const page = database.prepare<[number, number], MessageRow>(selectPage)
  const insert = database.prepare(
    'INSERT INTO incoming VALUES (?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING',
  )
  const server = Fastify()
  server.addHook('onRequest', async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    if (given.length !== key.length || !timingSafeEqual(given, key)) await reply.code(401).send()
  })
  const querystring = {
    type: 'object',
    properties: { limit: { type: 'integer', minimum: 1, maximum: 10_000 } },
  }
  server.get<PageRequest>(
    '/v1/channels/:channelId/messages',
    { schema: { querystring } },
    async (request, reply) => {
      const { limit } = request.query
      const rows = page.all(keyOf.get(request.params.channelId) ?? 0, limit + 1)
      const items = rows.slice(0, limit).map((row) => ({
        ...row,
        timestamp: new Date(row.timestamp).toISOString(),
        editedAt: row.editedAt === null ? null : new Date(row.editedAt).toISOString(),
        metadata: row.metadata === null ? null : JSON.parse(row.metadata),
      }))
      const last = items.at(-1)
      const nextCursor =
        rows.length > limit && last !== undefined ? `${last.timestamp} ${last.messageId}` : null
      return reply.type('application/json').send(JSON.stringify({ items, nextCursor }))
    },
  )
  const store = database.transaction((messages: BatchRequest['Body']['messages']) => {
    for (const { messageId, channelId, userId, content, timestamp } of messages) {
      insert.run(messageId, channelId, userId, content, timestamp)
    }
  })
  server.post<BatchRequest>('/v1/messages:batch', (request, reply) => {
    store(request.body.messages)
    return reply.send({ inserted: request.body.messages.length })
  })
  return {
    url: await server.listen({ port: 0, host: '127.0.0.1' }),
    authorization: String(key),
    engine: describeSqlite(database),
    async close() {
      await server.close()
      database.close()
    },
  }
}
