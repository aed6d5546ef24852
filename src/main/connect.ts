import { ConvoDbError } from '../protocol/errors.js'
import type { JsonObject } from '../protocol/models.js'
import { createDatabaseManager } from './create-database-manager.js'
import type { DatabaseManager } from './database-manager.js'
import { httpBackend } from './executors/http/http-backend.js'
import { readInteger } from './reading/kinds.js'
import { readOptions, type FieldReader } from './reading/read-fields.js'
import type { Reader } from './reading/reading.js'

/** Options of {@link connect}; each but the key may be left out. */
export interface ConnectToServerOptions {
  /** What `convodb keys create` showed. */
  readonly apiKey: string
  /** Operations that may wait in each lane; the next is refused with `OVERLOADED`. Default 100,000. */
  readonly maxQueuedOperations?: number | undefined
  /** Characters of parameters that may wait in each lane. Default 134,217,728. */
  readonly maxQueuedBytes?: number | undefined
  /** Operations of one request at most, as many as the server takes. Default 1,000. */
  readonly maxRequestOperations?: number | undefined
  /** Characters of one request at most; a larger operation goes alone. Default 1,048,576. */
  readonly maxRequestBytes?: number | undefined
  /** Requests of reads that are under way at once. Default 4; writes have one, which keeps them in order. */
  readonly maxReadRequests?: number | undefined
  /** How long a request is sent again whose answer did not come, in milliseconds. 0: never. Default 30,000. */
  readonly retryForMs?: number | undefined
  /** How long one attempt may take, in milliseconds. Default 120,000. */
  readonly requestTimeoutMs?: number | undefined
  /** How long `close` waits for what was accepted, in milliseconds. Default 10,000. */
  readonly closeTimeoutMs?: number | undefined
}

const readKey: Reader<string> = (given, reading) =>
  typeof given === 'string' && /^[\x21-\x7e]{1,512}$/.test(given)
    ? given
    : reading.refuse('must be the key that `convodb keys create` showed')

const count = readInteger(1, 2 ** 31 - 1)
const milliseconds = readInteger(0, 2 ** 31 - 1)
const option = (key: string, read: Reader): FieldReader => ({ key, isOptional: true, read })
const fields: readonly FieldReader[] = [
  { key: 'apiKey', isOptional: false, read: readKey },
  option('maxQueuedOperations', count),
  option('maxQueuedBytes', count),
  option('maxRequestOperations', readInteger(1, 1_000)),
  option('maxRequestBytes', count),
  option('maxReadRequests', count),
  option('retryForMs', milliseconds),
  option('requestTimeoutMs', count),
  option('closeTimeoutMs', milliseconds),
]

/**
 * Connects to a server that `convodb serve` started: the same calls as those of `openDatabase`, by `fetch` alone, so that it runs in
 * Node, Bun, Deno, browsers and at the edge. Calls of one turn of the event loop travel in one request. One whose answer
 * does not come is sent again, with a growing pause; every write carries a key by which the server knows that it has done it.
 *
 * @param url of the server, such as `http://127.0.0.1:7410`.
 * @param options `apiKey`, and limits; see {@link ConnectToServerOptions}.
 * @returns a database; nothing is asked of the server before its first call.
 * @throws INVALID_ARGUMENT. Calls reject as those of an embedded database do, and with UNAUTHORIZED, FORBIDDEN, RATE_LIMITED,
 *   UNREACHABLE (nothing was done), OUTCOME_UNKNOWN (a write was sent, and the server did not come back in `retryForMs`);
 *   UNSUPPORTED: `createPort` and `backup`.
 * @example
 * const db = connect('http://127.0.0.1:7410', { apiKey: process.env.CONVODB_API_KEY ?? '' })
 * await db.storeMessage({ messageId: '1', channelId: 'general', userId: 'ada', content: 'hello', timestamp: new Date() })
 */
export function connect<Metadata extends object = JsonObject, Profile extends object = JsonObject>(
  url: string | URL,
  options: ConnectToServerOptions,
): DatabaseManager<Metadata, Profile> {
  readOptions(fields, options)
  return createDatabaseManager(
    httpBackend<Metadata, Profile>({
      url: readUrl(url),
      apiKey: options.apiKey,
      maxQueuedOperations: options.maxQueuedOperations ?? 100_000,
      maxQueuedBytes: options.maxQueuedBytes ?? 128 * 1024 * 1024,
      maxRequestOperations: options.maxRequestOperations ?? 1_000,
      maxRequestBytes: options.maxRequestBytes ?? 1024 * 1024,
      maxReadRequests: options.maxReadRequests ?? 4,
      retryForMs: options.retryForMs ?? 30_000,
      requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
      closeTimeoutMs: options.closeTimeoutMs ?? 10_000,
    }),
  )
}

function readUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrongUrl('must be that of a server, such as http://127.0.0.1:7410')
  }
  if (url.username !== '' || url.password !== '')
    throw wrongUrl('must be without a key in it: give that as apiKey')
  if (url.search !== '' || url.hash !== '') throw wrongUrl("must be without '?' and '#'")
  // What is asked for is below it, whatever it ends with.
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

const wrongUrl = (what: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `url ${what}`, { field: 'url' })
