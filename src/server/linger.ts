import type { FastifyReply } from 'fastify'

/** How long what a sender still sends after its answer is read and dropped: who closes at once may take the answer from it. */
const lingerMs = 2_000

/**
 * To be called when an upload has been answered, maybe before its end: Node would drain the rest of the body, however long it is, and keep
 * the connection.
 */
export function linger({ request: { raw } }: FastifyReply): void {
  if (raw.complete) return
  raw.resume()
  const cut = setTimeout(() => raw.socket.destroy(), lingerMs)
  raw.once('end', () => clearTimeout(cut)).once('close', () => clearTimeout(cut))
}
