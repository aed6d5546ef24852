import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

type Direction = 'toServer' | 'toClient'

/** Stands between a client and a server on loopback, and cuts their connections where it is told to. */
export async function startCuttingProxy(serverPort: number) {
  const pairs = new Set<readonly [Socket, Socket]>()
  let cuts = 0
  let armed: { direction: Direction; left: number } | undefined

  /** All there are: which of them the next transaction goes over is nobody's to know. */
  const cutAll = (): void => {
    armed = undefined
    cuts += 1
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  const relay = (direction: Direction, from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      if (armed?.direction !== direction) return void to.write(chunk)
      if (chunk.length < armed.left) {
        armed.left -= chunk.length
        to.write(chunk)
        return
      }
      // What has got so far arrives, and nothing behind it.
      to.write(chunk.subarray(0, armed.left), cutAll)
      armed = undefined
    })
  }
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1')
    const pair = [client, server] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    relay('toServer', client, server)
    relay('toClient', server, client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get cuts() {
      return cuts
    },
    cutAfter(direction: Direction, bytes: number) {
      armed = { direction, left: bytes }
    },
    async close() {
      cutAll()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
