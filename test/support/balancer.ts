import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'

/** Stands before several servers and gives each request to the next of them; calls of a lease go to where it began. */
export interface Balancer {
  readonly url: string
  /** How many requests each server has got. */
  readonly requests: readonly number[]
  close(): Promise<void>
}

export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  // A server may end a connection that it has answered on, just when the next request goes there.
  const agent = new Agent({ keepAlive: false })
  const requests = urls.map(() => 0)
  const leases = new Map<string, number>()
  let turn = 0
  const indexFor = (path: string): number => {
    const [, leaseId = ''] = /^\/v1\/leases\/([^/]+)\//.exec(path) ?? []
    return leases.get(leaseId) ?? (turn += 1) % urls.length
  }
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, outgoing) => {
    const { url: path = '/', method, headers } = incoming
    const index = indexFor(path)
    requests[index] = (requests[index] ?? 0) + 1
    const forward = request(new URL(path, urls[index]), { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
      if (path === '/v1/leases')
        answer.once('data', (body) => {
          const [, leaseId] = /"leaseId":"([^"]+)"/.exec(String(body)) ?? []
          if (leaseId !== undefined) leases.set(leaseId, index)
        })
    })
    forward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forward.destroy())
    incoming.pipe(forward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
