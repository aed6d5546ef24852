import { ConvoDbError, type ErrorDetails } from '../../../protocol/errors.js'
import { problemOf } from './problem.js'

export interface TransportOptions {
  readonly url: URL
  readonly apiKey: string
  /** How long a request whose answer did not come is sent again, in milliseconds. */
  readonly retryForMs: number
  readonly requestTimeoutMs: number
}

export interface Request {
  readonly method: 'GET' | 'POST'
  /** Below the server's URL. */
  readonly path: string
  /** Where it says something of the moment at which it is sent, it is written for each attempt. */
  readonly body?: string | (() => string)
  /** Whether nothing is done twice when it is sent twice: reads, and what carries an idempotency key. */
  readonly isRepeatable: boolean
  /** Whether nothing is changed by it, so that it does not matter whether the server had it. */
  readonly isRead?: boolean
  /** Whether its answer is a stream of events, which goes on for as long as it likes. */
  readonly isStream?: boolean
  readonly signal?: AbortSignal | undefined
  /** Called after each attempt, whatever became of it. */
  readonly onAttempted?: () => void
}

const firstPauseMs = 50
const longestPauseMs = 2_000

/** Requests to one server: with the key, within their time, and again where that is safe. */
export class Transport {
  readonly #options: TransportOptions
  readonly #ended = new AbortController()

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /**
   * The answer's JSON.
   *
   * @throws what the server says; UNREACHABLE; OUTCOME_UNKNOWN where the server may have done what it did not answer; ABORTED
   */
  async ask(request: Request): Promise<unknown> {
    return this.#repeat(request, async (response) => {
      const text = await response.text()
      return text === '' ? undefined : JSON.parse(text)
    })
  }

  /** The answer as it comes; what follows its head is not asked for again. */
  async open(request: Request): Promise<Response> {
    return this.#repeat(request, async (response) => response)
  }

  /** Gives up what is under way and asks for nothing more: nobody waits for it any longer, and it would keep the process. */
  end(): void {
    this.#ended.abort()
  }

  async #repeat<Answer>(request: Request, read: (response: Response) => Promise<Answer>): Promise<Answer> {
    const signals = [this.#ended.signal, request.signal].filter((signal) => signal !== undefined)
    const endMs = performance.now() + this.#options.retryForMs
    let wasEverSent = false
    for (let attempt = 0; ; attempt += 1) {
      const attempted = await this.#attempt(request, read)
      request.onAttempted?.()
      if (attempted.ok) return attempted.value
      const { error, waitMs, wasSent } = attempted
      if (wasSent) wasEverSent = true
      const pauseMs = waitMs ?? pauseAfter(attempt)
      const isOver = performance.now() + pauseMs > endMs
      const mayBeTwice = wasEverSent && !request.isRepeatable
      if (!error.retryable || mayBeTwice || isOver || signals.some(({ aborted }) => aborted)) {
        // An attempt that was lost may have done it, though this one has not: a server that was killed is not there the next time.
        const mayHaveChanged = wasEverSent && request.method === 'POST' && request.isRead !== true
        throw mayHaveChanged && error.retryable ? unknown(error) : error
      }
      await pause(pauseMs, signals)
    }
  }

  async #attempt<Answer>(
    { method, path, body, signal, isStream }: Request,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Attempt<Answer>> {
    const { url, apiKey, requestTimeoutMs } = this.#options
    const timeout = new AbortController()
    const abort = (): void => timeout.abort()
    const timer = setTimeout(abort, requestTimeoutMs)
    const { signal: ended } = this.#ended
    ended.addEventListener('abort', abort)
    try {
      if (ended.aborted) throw ended.reason
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : body() }),
        redirect: 'error',
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      })
      // A page that answers every path is no stream, and would be opened again for ever.
      if (response.ok && (isStream !== true || isEventStream(response))) {
        // What follows the head of a stream has no time of its own.
        if (isStream === true) clearTimeout(timer)
        return { ok: true, value: await read(response) }
      }
      const error = await problemOf(response)
      // What is no problem of ours comes from whoever is in between: what the server did it does not know.
      return { ok: false, error, waitMs: retryAfterMs(response), wasSent: error.code === 'UNREACHABLE' }
    } catch (error) {
      if (signal?.aborted === true) return { ok: false, error: aborted(), wasSent: true }
      if (ended.aborted) return { ok: false, error: closed(), wasSent: true }
      const details = { url: url.origin, timedOut: timeout.signal.aborted }
      return { ok: false, error: unreachable(error, details), wasSent: !wasRefused(error) }
    } finally {
      clearTimeout(timer)
      ended.removeEventListener('abort', abort)
    }
  }
}

type Attempt<Answer> =
  | { readonly ok: true; readonly value: Answer }
  | {
      readonly ok: false
      readonly error: ConvoDbError
      readonly waitMs?: number | undefined
      /** Whether the server may have got it without our knowing what became of it. */
      readonly wasSent: boolean
    }

const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/** Full jitter, so that clients of a server that comes back do not come all at once. */
const pauseAfter = (attempt: number): number =>
  Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt)

function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    for (const signal of signals) signal.addEventListener('abort', end)
  })
}

/** RFC 9110, section 10.2.3, in seconds; the server sends no dates. */
function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 * (1 + Math.random() / 4) : undefined
}

/** Then no byte of the request has reached anybody. Some ports `fetch` itself refuses (https://fetch.spec.whatwg.org/#port-blocking). */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Error)) return false
  if (cause.message === 'bad port') return true
  return 'code' in cause && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(String(cause.code))
}

function unreachable(error: unknown, details: ErrorDetails): ConvoDbError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ConvoDbError('UNREACHABLE', `${String(details['url'])} did not answer: ${why}`, details, {
    cause,
  })
}

const unknown = ({ message, details, cause }: ConvoDbError): ConvoDbError =>
  new ConvoDbError('OUTCOME_UNKNOWN', `${message}; the request may have reached it`, details, { cause })

const closed = (): ConvoDbError =>
  new ConvoDbError('CLOSED', 'The database was closed before this was answered')

const aborted = (): ConvoDbError => new ConvoDbError('ABORTED', 'The call was aborted by its signal')
