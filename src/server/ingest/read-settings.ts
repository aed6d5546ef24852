import type { IncomingHttpHeaders } from 'node:http'
import zlib from 'node:zlib'
import { ConvoDbError } from '../../main/index.js'
import type { OnConflict } from '../../protocol/parameters.js'
import { encodings, type Encoding, type IngestSettings } from './messages.js'

/** What a request says of it. */
export type AskedSettings = Omit<IngestSettings, 'maxLineBytes' | 'withinChannels'>

/** @throws INVALID_ARGUMENT naming the header or the field of the query */
export function readSettings(
  headers: IncomingHttpHeaders,
  query: Readonly<Record<string, unknown>>,
): AskedSettings {
  const { onConflict, startLine, ...rest } = query
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong(unknown.slice(0, 200), 'is not a known field of the query')
  return {
    encoding: readEncoding(headers['content-encoding']),
    onConflict: readOnConflict(onConflict),
    startLine: readStartLine(startLine),
  }
}

const isEncoding = (name: string): name is Encoding => encodings.some((encoding) => encoding === name)

function readEncoding(given = 'identity'): Encoding {
  const said = given.trim().toLowerCase()
  const encoding = said === 'x-gzip' ? 'gzip' : said
  const known = encodings.filter((each) => each !== 'zstd' || hasZstd)
  if (isEncoding(encoding) && known.includes(encoding)) return encoding
  const why = encoding === 'zstd' ? '; zstd needs a server on Node 22.15 or newer' : ''
  throw wrong('content-encoding', `must be one of ${known.join(', ')}${why}`)
}

const hasZstd = typeof zlib.createZstdDecompress === 'function'

function readOnConflict(given: unknown): OnConflict | undefined {
  if (given === undefined || given === 'update' || given === 'ignore' || given === 'error') return given
  throw wrong('onConflict', "must be 'update', 'ignore' or 'error'")
}

function readStartLine(given: unknown): number {
  if (given === undefined) return 1
  if (typeof given === 'string' && /^[1-9]\d{0,14}$/.test(given)) return Number(given)
  throw wrong('startLine', "must be a line's number, from 1 on")
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
