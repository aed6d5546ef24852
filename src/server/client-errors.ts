import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { ConvoDbError } from '../main/index.js'
import { toProblem } from './problem.js'

/** Node's words for it (https://nodejs.org/api/http.html#event-clienterror), each with the status that it answers. */
function toOurs({ code, message }: ConnectionError): [status: number, error: ConvoDbError] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, new ConvoDbError('TIMEOUT', 'The request has not arrived within requestTimeoutMs')]
    case 'HPE_HEADER_OVERFLOW':
      return [431, new ConvoDbError('TOO_LARGE', 'The head of the request is longer than maxHeaderBytes')]
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, new ConvoDbError('TOO_LARGE', 'The extensions of a chunk are too long')]
    default:
      return [400, new ConvoDbError('INVALID_ARGUMENT', `The request can not be read: ${message}`)]
  }
}

/** Answers what is no request, or none that has come whole, and for which there is no reply, and closes its connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy(error)
    return
  }
  const [status, ours] = toOurs(error)
  const body = JSON.stringify({ ...toProblem(ours, randomUUID()), status })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}
