import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { ConvoDbError, toJsonForm } from '../../main/index.js'
import type { AnswerForm, Resource } from './resource.js'

/** Sends an operation's result as its resource does. @throws NOT_FOUND */
export function sendAnswer(
  reply: FastifyReply,
  { answer, status = 200 }: Resource,
  result: unknown,
): FastifyReply {
  return senders[answer](reply.code(status), result)
}

type Send = (reply: FastifyReply, result: unknown) => FastifyReply

const senders: { readonly [Form in AnswerForm]: Send } = {
  value: (reply, result) => sendJson(reply, JSON.stringify(toJsonForm(result))),
  found: (reply, result) => sendTagged(reply, result),
  item: (reply, result) => sendTagged(reply, Array.isArray(result) ? result[0] : undefined),
  deleted(reply, result) {
    if (result === 0 || result === false) throw nothing()
    return reply.code(204).send()
  },
  count: (reply, result) => sendJson(reply, JSON.stringify({ count: Number(result) })),
  items: (reply, result) => sendJson(reply, JSON.stringify({ items: toJsonForm(result) })),
  nothing: (reply) => reply.code(204).send(),
}

const sendJson = (reply: FastifyReply, text: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(text)

/** With a tag of its content, by which a client asks whether it has changed (RFC 9110, section 8.8.3). */
function sendTagged(reply: FastifyReply, result: unknown): FastifyReply {
  if (result === undefined) throw nothing()
  const text = JSON.stringify(toJsonForm(result))
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  void reply.header('etag', tag)
  const known = reply.request.headers['if-none-match']
  if (known !== undefined && isTagAmong(known, tag)) return reply.code(304).send()
  return sendJson(reply, text)
}

/** Compared weakly, as section 13.1.2 says. */
const isTagAmong = (list: string, tag: string): boolean =>
  list.trim() === '*' || list.split(',').some((known) => known.trim().replace(/^W\//, '') === tag)

/** The same for all that there is not, whyever. */
const nothing = (): ConvoDbError => new ConvoDbError('NOT_FOUND', 'There is no such thing here')
