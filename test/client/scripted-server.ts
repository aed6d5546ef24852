import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, type ConnectToServerOptions, type DatabaseManager } from 'convodb'
import { afterEach } from 'vitest'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A server that does with each request what the test says, in turn; the last answer is given from then on. */
export async function scripted(
  ...answers: readonly Answer[]
): Promise<{ url: string; bodies: string[]; listener: Server }> {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += String(piece)))
    request.on('end', () => {
      bodies.push(body)
      const answer = answers[Math.min(bodies.length, answers.length) - 1]
      answer?.(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${port(server.address())}`, bodies, listener: server }
}

/** Where nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${port(server.address())}`
  await new Promise((resolve) => server.close(resolve))
  return url
}

const port = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

export function connectTo(url: string, options: Partial<ConnectToServerOptions> = {}): DatabaseManager {
  const db = connect(url, { apiKey: 'cdb_test', ...options })
  cleanUps.push(() => db.close({ timeoutMs: 0 }))
  return db
}

export const inserted: Answer = (_, response) =>
  response.end('{"outcomes":[{"ok":true,"value":{"messageId":"1","outcome":"inserted"}}]}')

export const keyOf = (body: string | undefined): unknown => JSON.parse(body ?? '{}').idempotencyKey
