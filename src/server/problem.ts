import type { ServerResponse } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ConvoDbError, type ErrorCode } from '../main/index.js'
import { toldTo } from './access/told-errors.js'

/** Seconds after which what is worth trying again may be tried. */
const retryAfterSeconds = 1

/** The form in which HTTP tells of an error (RFC 9457), with the code and details that it has everywhere. */
export function toProblem(error: ConvoDbError, requestId: string): object {
  const { code, message, details, operation, httpStatus } = error
  return {
    type: `urn:convodb:error:${code}`,
    title: code,
    status: httpStatus,
    detail: message,
    code,
    details,
    ...(operation !== undefined && { operation }),
    requestId,
  }
}

function sendProblem(reply: FastifyReply, error: ConvoDbError): FastifyReply {
  const { httpStatus, code } = error
  if ((httpStatus === 429 || httpStatus === 503) && !reply.hasHeader('retry-after')) {
    void reply.header('retry-after', String(retryAfterSeconds))
  }
  if (code === 'UNAUTHORIZED') void reply.header('www-authenticate', 'Bearer realm="convodb"')
  return reply
    .code(httpStatus)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblem(error, reply.request.id)))
}

/** What Fastify says of a request before it looks for its route, where no hook and no reply of ours is yet. */
export function endWithProblem(raw: ServerResponse, requestId: string, error: FastifyError): void {
  const ours = toOurs(error)
  raw.writeHead(ours.httpStatus, {
    'content-type': 'application/problem+json; charset=utf-8',
    'x-request-id': requestId,
  })
  raw.end(JSON.stringify(toProblem(ours, requestId)))
}

/** Every error leaves as a problem. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | ConvoDbError, request: FastifyRequest, reply: FastifyReply) => {
    const ours = toOurs(error, request.routeOptions)
    if (ours.httpStatus >= 500)
      request.log.error({ reqId: request.id, code: ours.code, operation: ours.operation }, ours.message)
    return sendProblem(reply, toldTo(request.caller, ours))
  })
  app.setNotFoundHandler({}, (request, reply) =>
    sendProblem(
      reply,
      new ConvoDbError(
        'NOT_FOUND',
        `There is no ${request.method} here; GET /openapi.json lists what there is`,
      ),
    ),
  )
}

/** What Fastify says, in our codes (https://fastify.dev/docs/latest/Reference/Errors/#fastify-error-codes). */
const fastifyCodes: { readonly [code: string]: ErrorCode } = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INVALID_ARGUMENT',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_ARGUMENT',
  FST_ERR_BAD_URL: 'INVALID_ARGUMENT',
}

/** Of the door that refuses a body. */
interface BodyRules {
  readonly bodyLimit?: number
  readonly url?: string | undefined
}

function toOurs(error: FastifyError | ConvoDbError, { bodyLimit = 0, url }: BodyRules = {}): ConvoDbError {
  if (error instanceof ConvoDbError) return error
  const { statusCode = 500, code, message } = error
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ConvoDbError('TOO_LARGE', `The body is longer than maxBodyBytes (${bodyLimit})`, {
      maxBodyBytes: bodyLimit,
    })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ConvoDbError(
      'INVALID_ARGUMENT',
      `content-type must be ${url === '/v1/ingest' ? 'application/x-ndjson' : 'application/json'}`,
      { field: 'content-type' },
    )
  const known = fastifyCodes[code]
  if (known !== undefined) return new ConvoDbError(known, message)
  if (statusCode === 429) return new ConvoDbError('RATE_LIMITED', message)
  if (statusCode >= 400 && statusCode < 500) return new ConvoDbError('INVALID_ARGUMENT', message)
  return new ConvoDbError('INTERNAL', message, {}, { cause: error })
}
