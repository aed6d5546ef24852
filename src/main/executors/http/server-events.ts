/** One event of a stream. */
export interface ServerEvent {
  readonly id: string | undefined
  readonly name: string
  /** Undefined where there is none: such an event only says how far the stream is. */
  readonly data: string | undefined
}

/** Reads a stream of events as our server writes them (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines end with LF. */
export async function* readServerEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) yield parse(block)
    }
  } finally {
    await reader.cancel().catch(() => 'it had ended already')
  }
}

function parse(block: string): ServerEvent {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
  }
  return { id: fields.get('id'), name: fields.get('event') ?? 'message', data: fields.get('data') }
}
