import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
const codes = { ssl: 80_877_103, cancel: 80_877_102 } as const

interface Session {
  readonly socket: Socket
  readonly number: number
}

/** What is answered at once: messages up to a Sync, or one that needs none. Without any: the connection is gone. */
interface Unit {
  readonly session: Session
  readonly messages: readonly Buffer[]
}

const rollback = Buffer.from('Q\0\0\0\rROLLBACK\0')

/**
 * Serves a PGlite, which has one session, so that each connection believes it has its own: nobody comes between a statement's messages or into
 * a transaction, and prepared statements are a connection's own. Settings are not, and nothing goes on side by side.
 */
export async function servePgliteSessions(
  lite: PGlite,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const units: Unit[] = []
  const sockets = new Set<Socket>()
  let inTransaction: Session | undefined
  let working: Promise<void> | undefined
  let sessions = 0

  const workAll = async (): Promise<void> => {
    for (;;) {
      const holder = inTransaction
      const index = holder === undefined ? 0 : units.findIndex(({ session }) => session === holder)
      const [unit] = index === -1 ? [] : units.splice(index, 1)
      if (unit === undefined) return
      if (unit.messages.length === 0 && holder === undefined) continue
      let answer: Uint8Array = new Uint8Array()
      for (const message of unit.messages.length === 0 ? [rollback] : unit.messages) {
        answer = await lite.execProtocolRaw(message)
        if (unit.session.socket.writable) unit.session.socket.write(answer)
      }
      // The last answer ends with ReadyForQuery and whether a transaction is open.
      inTransaction = String.fromCharCode(answer.at(-1) ?? 0) === 'I' ? undefined : unit.session
    }
  }
  const enqueue = (unit: Unit): void => {
    units.push(unit)
    working ??= workAll().finally(() => (working = undefined))
  }

  const server = createServer({ noDelay: true }, (socket) => {
    const session: Session = { socket, number: (sessions += 1) }
    let received: Buffer = Buffer.alloc(0)
    const state = { isStarted: false }
    let gathered: Buffer[] = []
    sockets.add(socket)
    const take = (length: number): Buffer => {
      const message = received.subarray(0, length)
      received = received.subarray(length)
      return message
    }
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      const own = units.filter((unit) => unit.session === session)
      for (const unit of own) units.splice(units.indexOf(unit), 1)
      enqueue({ session, messages: [] })
    })
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (!state.isStarted && received.length >= 8 && received.length >= received.readInt32BE(0)) {
        const code = received.readInt32BE(4)
        const message = take(received.readInt32BE(0))
        if (code === codes.ssl) socket.write('N')
        else if (code === codes.cancel) socket.destroy()
        else {
          state.isStarted = true
          enqueue({ session, messages: [message] })
        }
      }
      while (state.isStarted && received.length >= 5 && received.length > received.readInt32BE(1)) {
        const message = take(1 + received.readInt32BE(1))
        const kind = String.fromCharCode(message[0] ?? 0)
        if (kind === 'X') return void socket.end()
        gathered.push(withOwnNames(message, kind, session.number))
        if (kind !== 'S' && kind !== 'Q') continue
        enqueue({ session, messages: gathered })
        gathered = []
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      await working
    },
  }
}

/** Gives a statement that has a name one of the connection's own. */
function withOwnNames(message: Buffer, kind: string, session: number): Buffer {
  const at =
    kind === 'P' ? 5 : kind === 'B' ? message.indexOf(0, 5) + 1 : isOfStatement(message, kind) ? 6 : 0
  if (at === 0 || message[at] === 0) return message
  const named = Buffer.concat([message.subarray(0, at), Buffer.from(`${session}_`), message.subarray(at)])
  named.writeInt32BE(named.length - 1, 1)
  return named
}

/** Describe and Close are of a statement or of a portal. */
const isOfStatement = (message: Buffer, kind: string): boolean =>
  (kind === 'D' || kind === 'C') && message[5] === 'S'.charCodeAt(0)
