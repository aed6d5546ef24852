import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { PortAnswer, PortMessage } from '../../../protocol/messages.js'
import type { Deadline } from '../lanes/time.js'
import { settledWithin } from '../lanes/time.js'

/** A thread that computes lets go of the file when it is done with that; closing does not wait for it for longer. */
const patienceMs = 1_000

/** The ports that were given to other threads, by this end of theirs. */
export class Ports {
  /** What each thread that has connected does with the file; resolves when it has it open no more. */
  readonly #holders = new Map<MessagePort, Promise<void>>()
  readonly #open = new Set<MessagePort>()

  /** Makes one; gives this end of it and the other thread's. */
  add(onClose: () => void): { own: MessagePort; theirs: MessagePort } {
    const { port1: theirs, port2: own } = new MessageChannel()
    let letGo = (): void => undefined
    const hasLetGo = new Promise<void>((resolve) => (letGo = resolve))
    this.#open.add(own)
    own.on('message', (answer: PortAnswer) => {
      if (answer === 'connected') this.#holders.set(own, hasLetGo)
      else letGo()
    })
    own.once('close', () => {
      this.#open.delete(own)
      letGo()
      onClose()
    })
    own.unref()
    return { own, theirs }
  }

  /** Has every thread let go of the file, as soon as it can; those that compute are not waited for. */
  async letGo(deadline: Deadline): Promise<void> {
    for (const port of this.#open) post(port, { kind: 'letGo' })
    const restMs = Math.min(patienceMs, deadline.restMs())
    if (this.#holders.size > 0) await settledWithin(restMs, Promise.all(this.#holders.values()))
  }

  close(): void {
    for (const port of this.#open) port.close()
  }
}

const post = (port: MessagePort, message: PortMessage): void => port.postMessage(message)
