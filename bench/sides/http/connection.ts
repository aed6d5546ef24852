import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

const endOfHead = '\r\n\r\n'

/** An answer's head, as far as a measurement needs it. */
interface Head {
  readonly status: number
  /** Of head and body together. */
  readonly bytes: number
}

/**
 * One connection that asks and is answered, one request after another. It only counts what comes: a client that made more of it would take
 * the processor from the server that is measured, which shares the machine.
 */
export class Connection {
  readonly #socket: Socket
  #settle: { resolve(bytes: number): void; reject(error: Error): void } | undefined
  #head: Head | undefined
  #headText = ''
  #received = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (piece: Buffer) => this.#take(piece))
    socket.on('error', (error) => this.#settle?.reject(error))
    socket.on('close', () => this.#settle?.reject(new Error('The server closed the connection')))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** Resolves with the length of the answer, head and body, once all of it is there. */
  ask(request: string): Promise<number> {
    this.#head = undefined
    this.#headText = ''
    this.#received = 0
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#settle = undefined
    this.#socket.destroy()
  }

  #take(piece: Buffer): void {
    this.#received += piece.length
    if (this.#head === undefined) {
      this.#headText += piece.toString('latin1')
      this.#head = readHead(this.#headText)
    }
    const { status, bytes } = this.#head ?? { status: 0, bytes: Infinity }
    if (this.#received < bytes) return
    if (status === 200) this.#settle?.resolve(bytes)
    else this.#settle?.reject(new Error(`It was answered with ${status}`))
  }
}

/** Undefined where it is not whole yet. Both servers tell the length of what they send. */
function readHead(text: string): Head | undefined {
  const end = text.indexOf(endOfHead)
  if (end < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  if (length === undefined) throw new Error(`An answer without a length: ${text.slice(0, end)}`)
  return { status: Number(text.slice(9, 12)), bytes: end + endOfHead.length + Number(length) }
}
