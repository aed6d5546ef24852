import type { FastifyReply } from 'fastify'

/** Aborted when the client goes before it has its answer. */
export function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // It may have gone before anybody listened.
  if (raw.destroyed) gone.abort()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
