import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request, type RequestOptions } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { EventLoopReport } from '../../measure/event-loop.js'

/** A server in a process of its own, and connections to it that stay. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #agent: Agent
  readonly url: string
  readonly authorization: string
  readonly engine: string

  private constructor(child: ChildProcess, told: unknown, connections: number) {
    this.#child = child
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
    this.url = String(Reflect.get(Object(told), 'url'))
    this.authorization = String(Reflect.get(Object(told), 'authorization'))
    this.engine = String(Reflect.get(Object(told), 'engine'))
  }

  static async start(
    way: 'convodb' | 'usual',
    path: string,
    readers: number,
    connections: number,
  ): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL('serve.js', import.meta.url)), [way, path, String(readers)])
    const [told] = await once(child, 'message')
    return new ServerProcess(child, told, connections)
  }

  /** Resolves with the answer's length, once all of it is there. */
  ask(method: 'GET' | 'POST', path: string, body?: string): Promise<number> {
    const headers = {
      authorization: this.authorization,
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    }
    const options: RequestOptions = { agent: this.#agent, method, headers }
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.url), options, (response) => {
        let length = 0
        response.on('data', (piece: Buffer) => (length += piece.length))
        response.once('end', () => {
          if (response.statusCode === 200) resolve(length)
          else reject(new Error(`${method} ${path} was answered with ${response.statusCode}`))
        })
        response.once('error', reject)
      })
      asked.once('error', reject)
      asked.end(body)
    })
  }

  async watch(): Promise<void> {
    await this.#tell('watch')
  }

  /** Of the server's thread that answers, since `watch`. */
  async report(): Promise<EventLoopReport> {
    return JSON.parse(JSON.stringify(await this.#tell('report')))
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    const ended = once(this.#child, 'exit')
    await this.#tell('close')
    await ended
  }

  async #tell(message: string): Promise<unknown> {
    const answer = once(this.#child, 'message')
    this.#child.send(message)
    const [told] = await answer
    return told
  }
}
