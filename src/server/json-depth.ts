import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { ConvoDbError } from '../main/index.js'

const [quote, backslash] = [0x22, 0x5c]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Reads bodies of JSON. Refuses those that are packed, or no UTF-8, as RFC 8259 has it, and those whose lists and objects are nested deeper, before anything is made of them: a few hundred kilobytes of brackets cost more than
 * a thousand messages.
 */
export function limitJsonDepth(app: FastifyInstance, maxDepth: number): void {
  // Fastify would give its text to doors that want an object.
  app.removeContentTypeParser('text/plain')
  const parse = app.getDefaultJsonParser('ignore', 'ignore')
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') return done(packed())
    // What is decoded all the same has other characters in the places of those.
    if (!isUtf8(bytes)) return done(notUtf8())
    const body = bytes.toString()
    if (isDeeper(body, maxDepth)) done(tooDeep(maxDepth))
    else void parse(request, body, done)
  })
}

const packed = (): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    'content-encoding must be identity; packed bodies are for POST /v1/ingest',
    { field: 'content-encoding' },
  )

const notUtf8 = (): ConvoDbError => new ConvoDbError('INVALID_ARGUMENT', 'The body is not valid UTF-8')

const tooDeep = (maxJsonDepth: number): ConvoDbError =>
  new ConvoDbError('TOO_LARGE', `The body is nested deeper than ${maxJsonDepth} levels`, { maxJsonDepth })

/** Of text that may be no JSON at all; what stands in its strings does not count. */
export function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === backslash) at += 1
      else if (code === quote) isInString = false
    } else if (code === quote) {
      isInString = true
    } else if (code === openList || code === openObject) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (code === closeList || code === closeObject) {
      depth -= 1
    }
  }
  return false
}
