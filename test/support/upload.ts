import { request, type IncomingHttpHeaders } from 'node:http'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'

/** Whatever a line of the answer is, its fields; what a kind does not have is undefined. */
export interface AnswerLine {
  readonly progress?: {
    readonly line: number
    readonly accepted: number
    readonly refused: number
    readonly durableLine: number
  }
  readonly refused?: { readonly line: number; readonly code: string; readonly message: string }
  readonly report?: {
    readonly lines: number
    readonly accepted: { readonly inserted: number; readonly updated: number; readonly ignored: number }
    readonly refused: number
    readonly durableLine: number
  }
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly details: { readonly durableLine: number }
  }
}

/** One upload over a connection of its own, as far as its sender knows of it. */
export interface Upload {
  /** The lines of the answer so far. */
  readonly lines: readonly AnswerLine[]
  readonly durableLine: number
  /** Resolves when the system has taken it from us. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Says that this was all. */
  end(bytes?: Uint8Array | string): void
  /** Breaks the connection. */
  cut(): void
  /** Resolves with the answer's last line, or undefined where the connection ended before. */
  readonly last: Promise<AnswerLine | undefined>
  readonly response: Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>
  /** Waits for a line of the answer by which so much is durable. */
  untilDurable(line: number): Promise<void>
}

export interface UploadOptions {
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function startUpload(
  server: { readonly url: string; readonly apiKey: string },
  { query = '', headers = {} }: UploadOptions = {},
): Upload {
  const lines: AnswerLine[] = []
  const call = request(new URL(`/v1/ingest${query}`, server.url), {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      'content-type': 'application/x-ndjson',
      ...headers,
    },
  })
  call.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => call.once('close', () => resolve()))
  const response = new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve) => {
    call.once('response', (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers })
      incoming.on('error', () => undefined)
      createInterface(incoming)
        .on('line', (line) => lines.push(JSON.parse(line)))
        .on('error', () => undefined)
    })
  })
  const durableLine = (): number =>
    lines.reduce((last, { progress, report, error }) => {
      const told = progress ?? report ?? error?.details
      return Math.max(last, told?.durableLine ?? 0)
    }, 0)
  return {
    lines,
    get durableLine() {
      return durableLine()
    },
    async write(bytes) {
      if (!call.write(bytes))
        await Promise.race([new Promise((resolve) => call.once('drain', resolve)), closed])
    },
    end: (bytes) => void call.end(bytes),
    cut: () => void call.destroy(),
    last: closed.then(() => lines.at(-1)),
    response,
    untilDurable: (line) =>
      expect.poll(durableLine, { timeout: 120_000, interval: 20 }).toBeGreaterThanOrEqual(line),
  }
}

/** Sends all of a body and gives the answer's lines. */
export async function upload(
  server: { readonly url: string; readonly apiKey: string },
  body: Uint8Array | string,
  options: UploadOptions = {},
): Promise<readonly AnswerLine[]> {
  const sent = startUpload(server, options)
  sent.end(body)
  await sent.last
  return sent.lines
}
