import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings, PortLimits, PortMessage } from '../../../protocol/messages.js'
import { SharedAnswers } from '../../../protocol/shared-answers.js'
import { WriterLink } from '../lanes/writer-link.js'

/** What a port makes of the messages that come through it. */
export interface Connected {
  readonly settings: ConnectionSettings
  readonly limits: PortLimits
  readonly port: MessagePort
  readonly link: WriterLink
  readonly restarts: () => number
  /** Calls `act` when the file is to be let go of, if that was already asked for, or the port has ended. */
  onLetGo(act: () => void): void
}

/** What came through a port is gone with the first who has listened: a second one would wait for ever. */
const connectedPorts = new WeakSet<MessagePort>()

/**
 * Every message through the port is a link to a writer, the first one or the next; the port's end is the database's.
 *
 * @throws CLOSED when the database is closed, INVALID_ARGUMENT for a port that was connected before or is none of ours
 */
export async function connectLink(port: MessagePort): Promise<Connected> {
  if (connectedPorts.has(port)) throw wrongPort('was connected before')
  connectedPorts.add(port)
  return new Promise((resolve, reject) => {
    const link = new WriterLink()
    let links = 0
    let isConnected = false
    let letGo = (): void => undefined
    const whenToLetGo = new Promise<void>((act) => (letGo = act))
    const end = (): void => {
      letGo()
      link.close(closed())
      reject(closed())
    }
    const hear = (message: PortMessage | null | undefined): void => {
      if (message?.kind === 'letGo') {
        letGo()
        if (isConnected) return
        // Who has not connected yet must not open the file any more.
        reject(closed())
        port.close()
      } else if (message?.kind === 'link') {
        const { settings, limits } = message
        links += 1
        link.connect(message.link, new SharedAnswers(message.answers))
        const onLetGo = (act: () => void): void => void whenToLetGo.then(act)
        // What came behind it is heard first: a port may have waited for longer than its database was open.
        setImmediate(() => {
          isConnected = true
          resolve({ settings, limits, port, link, restarts: () => links - 1, onLetGo })
        })
      } else {
        port.off('message', hear)
        port.off('close', end)
        reject(wrongPort('got a message of somebody else'))
      }
    }
    port.on('message', hear)
    port.once('close', end)
  })
}

const wrongPort = (problem: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `port must be a new one from createPort(), and this one ${problem}`, {
    field: 'port',
  })

export const closed = (): ConvoDbError =>
  new ConvoDbError('CLOSED', 'The database is closed; open it again, and ask for a new port')
