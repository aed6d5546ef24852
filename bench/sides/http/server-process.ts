import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { EventLoopReport } from '../../measure/event-loop.js'
import { Connection } from './connection.js'

/** A server in a process of its own, and connections to it that stay. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #idle: Connection[] = []
  readonly url: URL
  readonly authorization: string
  readonly engine: string

  private constructor(child: ChildProcess, told: unknown) {
    this.#child = child
    this.url = new URL(String(Reflect.get(Object(told), 'url')))
    this.authorization = String(Reflect.get(Object(told), 'authorization'))
    this.engine = String(Reflect.get(Object(told), 'engine'))
  }

  static async start(way: 'convodb' | 'usual', path: string, readers: number): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL('serve.js', import.meta.url)), [way, path, String(readers)])
    const [told] = await once(child, 'message')
    return new ServerProcess(child, told)
  }

  /** Resolves with the answer's length, once all of it is there. As many connections are opened as are used at once. */
  async ask(method: 'GET' | 'POST', path: string, body?: string): Promise<number> {
    const connection = this.#idle.pop() ?? (await Connection.open(Number(this.url.port)))
    const bytes = await connection.ask(this.#requestOf(method, path, body))
    this.#idle.push(connection)
    return bytes
  }

  async watch(): Promise<void> {
    await this.#tell('watch')
  }

  /** Of the server's thread that answers, since `watch`. */
  async report(): Promise<EventLoopReport> {
    return JSON.parse(JSON.stringify(await this.#tell('report')))
  }

  async close(): Promise<void> {
    for (const connection of this.#idle) connection.close()
    const ended = once(this.#child, 'exit')
    await this.#tell('close')
    await ended
  }

  #requestOf(method: string, path: string, body: string | undefined): string {
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.url.host}\r\nauthorization: ${this.authorization}\r\n`
    if (body === undefined) return `${head}\r\n`
    const length = Buffer.byteLength(body)
    return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`
  }

  async #tell(message: string): Promise<unknown> {
    const answer = once(this.#child, 'message')
    this.#child.send(message)
    const [told] = await answer
    return told
  }
}
