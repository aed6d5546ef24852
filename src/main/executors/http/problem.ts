import { ConvoDbError, errorCodes, type ErrorCode, type ErrorDetails } from '../../../protocol/errors.js'

const isCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCodes, code)

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

/** The error that a server's answer tells of (RFC 9457): with the code and details that it has there. */
export async function problemOf(response: Response): Promise<ConvoDbError> {
  const text = await response.text().catch(() => '')
  const { status } = response
  return errorOf(parse(text)) ?? new ConvoDbError(codeOf(response), noProblem(response), { status })
}

/** What a proxy refuses by itself has not reached the server (RFC 9110, section 15.5; RFC 6585, section 4). */
const proxyCodes: { readonly [status: number]: ErrorCode } = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  413: 'TOO_LARGE',
  429: 'RATE_LIMITED',
}

const codeOf = ({ ok, status }: Response): ErrorCode =>
  proxyCodes[status] ?? (ok || status === 408 || status >= 500 ? 'UNREACHABLE' : 'INTERNAL')

const noProblem = ({ status, statusText }: Response): string =>
  `The server answered ${status} ${statusText} in no form of ours; is it a ConvoDB, and which proxy is before it?`

/** An error as data of ours: a problem of HTTP's, or an outcome of an operation's. */
export function errorOf(data: unknown): ConvoDbError | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const code: unknown = Reflect.get(data, 'code')
  if (!isCode(code)) return undefined
  const message: unknown = Reflect.get(data, 'message') ?? Reflect.get(data, 'detail')
  const operation: unknown = Reflect.get(data, 'operation')
  const cause: unknown = Reflect.get(data, 'cause')
  return new ConvoDbError(code, textOr(message, code), detailsOf(Reflect.get(data, 'details')), {
    operation: typeof operation === 'string' ? operation : undefined,
    cause,
  })
}

function detailsOf(details: unknown): ErrorDetails {
  const entries = Object.entries(Object(details)).filter(
    (entry): entry is [string, string | number | boolean] =>
      ['string', 'number', 'boolean'].includes(typeof entry[1]),
  )
  return Object.fromEntries(entries)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
