import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Use {
  requests: number
  /** When no request was under way any more: what has come since then is one that has not come whole. */
  bytesRead: number
}

/**
 * The connections of a server, of which each ends when the server is being closed and its last answer has left. Node and Fastify close those
 * that are idle (`closeIdleConnections`), which cuts an answer that is written, but waits for a slow reader. And they look once: a
 * connection that was promised to stay, before the server was told to stop, would keep it until its time is over.
 */
export class Connections {
  readonly #server: Server
  /** As TCP has them: of HTTPS also those that are no TLS yet. */
  readonly #sockets = new Set<Socket>()
  readonly #uses = new Map<Socket, Use>()

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      this.#add(socket)
    })
    server.on('secureConnection', (socket: Socket) => {
      this.#add(socket)
      // It was being made when the server was told to stop.
      if (!server.listening) socket.destroySoon()
    })
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#begin(request, response),
    )
    server.closeIdleConnections = () => {
      for (const [socket, { requests, bytesRead }] of this.#uses)
        if (requests === 0 && socket.bytesRead === bytesRead) socket.destroySoon()
    }
  }

  /** Ends all of them as they are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const use = this.#uses.get(socket) ?? this.#add(socket)
    use.requests += 1
    response.once('close', () => {
      // Who still sends might not get the answer where the connection ended under it.
      if (request.complete) this.#end(socket, use)
      else request.once('end', () => this.#end(socket, use))
    })
  }

  #add(socket: Socket): Use {
    const use = { requests: 0, bytesRead: 0 }
    this.#uses.set(socket, use)
    socket.once('close', () => this.#uses.delete(socket))
    return use
  }

  #end(socket: Socket, use: Use): void {
    use.requests -= 1
    use.bytesRead = socket.bytesRead
    if (use.requests === 0 && !this.#server.listening) socket.destroySoon()
  }
}
