import type { TestServer } from './server.js'

/** Reads a stream of Server-Sent Events until so many blocks have come. */
export async function readBlocks(
  server: TestServer,
  path: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<string[]> {
  const stop = new AbortController()
  const response = await server.fetch(path, { headers, signal: stop.signal })
  const type = response.headers.get('content-type')
  if (type !== 'text/event-stream; charset=utf-8')
    throw new Error(`${path} is ${type}: ${await response.text()}`)
  let text = ''
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece
    if (text.split('\n\n').length > count) break
  }
  stop.abort()
  return text.split('\n\n').slice(0, count)
}

export const idOf = (block: string | undefined): string => /^id: (\S+)$/m.exec(block ?? '')?.[1] ?? ''
