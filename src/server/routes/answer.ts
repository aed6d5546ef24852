import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { ConvoDbError } from '../../main/index.js'
import type { AnswerForm, Resource } from './resource.js'

/** Sends an operation's result, as JSON in UTF-8, as its resource does. @throws NOT_FOUND */
export function sendAnswer(
  reply: FastifyReply,
  { answer, status }: Resource,
  json: Uint8Array,
): FastifyReply {
  return senders[answer](
    reply.code(status ?? 200),
    Buffer.from(json.buffer, json.byteOffset, json.byteLength),
  )
}

/**
 * Resolves when the system has an answer, or its client has gone: nobody reads its bytes any more then. Node 22 tells a response that waits
 * for its turn on a connection nothing of that connection's end.
 */
export async function whenSent({ raw, request }: FastifyReply): Promise<void> {
  const { socket } = request.raw
  if (raw.writableFinished || raw.closed || socket.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      raw.off('finish', done).off('close', done)
      socket.off('close', done)
      resolve()
    }
    raw.once('finish', done).once('close', done)
    socket.once('close', done)
  })
}

type Send = (reply: FastifyReply, json: Buffer) => FastifyReply

const senders: { readonly [Form in AnswerForm]: Send } = {
  value: (reply, json) => sendJson(reply, json),
  found: (reply, json) => sendTagged(reply, json),
  deleted(reply, json) {
    if (json.equals(zero) || json.equals(no)) throw nothing()
    return reply.code(204).send()
  },
  count: (reply, json) => sendJson(reply, Buffer.concat([countStart, json, end])),
  items: (reply, json) => sendJson(reply, Buffer.concat([itemsStart, json, end])),
  nothing: (reply) => reply.code(204).send(),
}

const countStart = Buffer.from('{"count":')
const itemsStart = Buffer.from('{"items":')
const end = Buffer.from('}')
const zero = Buffer.from('0')
const no = Buffer.from('false')
const none = Buffer.from('null')

/** Without a serializer Fastify takes bytes in shared memory for an object. */
const sendJson = (reply: FastifyReply, json: Buffer): FastifyReply =>
  reply.type('application/json; charset=utf-8').serializer(asItIs).send(json)

/** Fastify sends bytes, too; its types know of text only. */
function asItIs(json: Buffer): string
function asItIs(json: Buffer): unknown {
  return json
}

/** With a tag of its content, by which a client asks whether it has changed (RFC 9110, section 8.8.3). */
function sendTagged(reply: FastifyReply, json: Buffer): FastifyReply {
  if (json.length === 0 || json.equals(none)) throw nothing()
  const tag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"`
  void reply.header('etag', tag)
  const known = reply.request.headers['if-none-match']
  if (known !== undefined && isTagAmong(known, tag)) return reply.code(304).send()
  return sendJson(reply, json)
}

/** Compared weakly, as section 13.1.2 says. */
const isTagAmong = (list: string, tag: string): boolean =>
  list.trim() === '*' || list.split(',').some((known) => known.trim().replace(/^W\//, '') === tag)

/** The same for all that there is not, whyever. */
const nothing = (): ConvoDbError => new ConvoDbError('NOT_FOUND', 'There is no such thing here')
