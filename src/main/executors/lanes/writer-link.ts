import type { MessagePort, Transferable } from 'node:worker_threads'
import type { WriterAnswers } from '../../../protocol/answers.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { Fate, LinkAnswer, LinkRequest, WriterTask } from '../../../protocol/tasks.js'
import type { SharedAnswers } from '../../../protocol/shared-answers.js'
import type { WriterRunner } from './task-runner.js'

interface Waiting {
  readonly request: LinkRequest
  readonly transferList: Transferable[]
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
  /** How many writers have been given it, and over which port the last one. */
  tries: number
  sentOver: MessagePort | undefined
}

/** What two writers did not survive is not tried on a third. */
const maxTries = 2

/** So many writers in a row that ended without a single answer, and nobody waits for the next one any more. */
const maxSilentWriters = 5

/** A timer that does nothing but keep the process. */
const vigilMs = 60_000

/**
 * - `unlinked`: there is no writer, or not yet. Requests wait.
 * - `settling`: a new writer is asked what became of the batches that the lost one had. Requests wait.
 * - `linked`: requests go at once.
 * - `closed`: for good; the reason is what requests are refused with.
 */
type State =
  | { readonly kind: 'unlinked' }
  | { readonly kind: 'settling' | 'linked'; readonly port: MessagePort }
  | { readonly kind: 'closed'; readonly reason: ConvoDbError }

/**
 * This thread's link to the writer. A writer that is lost is replaced by somebody else, who calls `connect` again; what the
 * lost one had not answered is then settled by what is in the file: a batch that was committed gets its answer, one that
 * was not is sent once more. Nothing is ever applied twice.
 */
export class WriterLink implements WriterRunner {
  readonly threads = 1
  readonly #onAnswer: () => void
  /** In the order in which they were made. */
  readonly #waiting = new Map<number, Waiting>()
  #state: State = { kind: 'unlinked' }
  #silentWriters = 0
  #lastId = 0
  #vigil: NodeJS.Timeout | undefined

  /** `onAnswer` is told of every answer: the writer lives. */
  constructor(onAnswer: () => void = () => undefined) {
    this.#onAnswer = onAnswer
  }

  get isOpen(): boolean {
    return this.#state.kind !== 'closed'
  }

  /** Rejects with an error of ours when nothing was done, with another one when nobody knows. */
  run<Task extends WriterTask>(
    task: Task,
    transferList: Transferable[] = [],
  ): Promise<WriterAnswers[Task['kind']]> {
    if (this.#state.kind === 'closed') return Promise.reject(this.#state.reason)
    return this.#ask(task, transferList, this.#state.kind === 'linked' ? this.#state.port : undefined)
  }

  /** Links a writer that has just started. */
  connect(port: MessagePort, answers: SharedAnswers): void {
    if (this.#state.kind === 'closed') {
      port.close()
      return
    }
    this.#state = { kind: 'settling', port }
    this.#keepAwake()
    port.on('message', (message: LinkAnswer) => this.#take(message))
    port.once('close', () => this.#lose(port))
    void this.#settle(port, answers)
  }

  /** Ends the link: what was not sent is refused with the reason, and of the rest nobody knows. */
  close(reason: ConvoDbError): void {
    if (this.#state.kind === 'closed') return
    const port = this.#port
    this.#rejectAll(reason)
    this.#state = { kind: 'closed', reason }
    port?.close()
  }

  get #port(): MessagePort | undefined {
    return 'port' in this.#state ? this.#state.port : undefined
  }

  /** Sends the task over the port or, where there is none, lets it wait. The writer answers each by its kind. */
  #ask<Task extends WriterTask>(
    task: Task,
    transferList: Transferable[],
    port: MessagePort | undefined,
  ): Promise<WriterAnswers[Task['kind']]>
  #ask(task: WriterTask, transferList: Transferable[], port: MessagePort | undefined): Promise<unknown> {
    const request: LinkRequest = { id: (this.#lastId += 1), task }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { request, transferList, resolve, reject, tries: 0, sentOver: undefined }
      this.#waiting.set(request.id, waiting)
      if (port === undefined) this.#keepAwake()
      else this.#send(port, waiting)
    })
  }

  #send(port: MessagePort, waiting: Waiting): void {
    waiting.tries += 1
    waiting.sentOver = port
    this.#keepAwake()
    try {
      port.postMessage(waiting.request, waiting.transferList)
    } catch (error) {
      this.#reject(waiting, notSendable(error))
    }
  }

  #take({ id, answer }: LinkAnswer): void {
    this.#silentWriters = 0
    this.#onAnswer()
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#forget(waiting)
    waiting.resolve(answer)
  }

  #lose(port: MessagePort): void {
    if (this.#port !== port) return
    this.#state = { kind: 'unlinked' }
    this.#silentWriters += 1
    if (this.#silentWriters > maxSilentWriters) this.#rejectAll(neverSent())
    for (const waiting of this.#waiting.values()) {
      if (waiting.tries > 0 && !isRepeatable(waiting)) this.#reject(waiting, unknownFate())
    }
    this.#keepAwake()
  }

  /** Settles what the lost writer had, in the order in which it was sent; then the rest goes. */
  async #settle(port: MessagePort, answers: SharedAnswers): Promise<void> {
    const fates = await this.#askFates(port)
    if (this.#port !== port) return
    for (const waiting of this.#waiting.values()) {
      if (waiting.sentOver === port) continue
      const fate = fates.get(waiting.request.id)
      if (fate === 'unknown') this.#reject(waiting, unknownFate())
      else if (fate === 'committed') this.#answerCommitted(waiting, answers)
      else if (waiting.tries >= maxTries) this.#reject(waiting, lostTwice())
      else this.#send(port, waiting)
    }
    this.#state = { kind: 'linked', port }
    this.#keepAwake()
  }

  /** By the requests' ids, what became of the batches that the lost writer had. */
  async #askFates(port: MessagePort): Promise<Map<number, Fate | 'unknown'>> {
    const sent = [...this.#waiting.values()].flatMap(({ request: { id, task }, tries }) =>
      tries > 0 && task.kind === 'batch' ? [{ id, batch: task.batch }] : [],
    )
    if (sent.length === 0) return new Map()
    const asked = this.#ask({ kind: 'fates', batches: sent.map(({ batch }) => batch) }, [], port)
    // Where this writer is lost too, the next one is asked.
    const outcome = await asked.catch(() => undefined)
    const fates = outcome?.ok === true ? outcome.value : []
    return new Map(sent.map(({ id }, index) => [id, fates[index] ?? 'unknown']))
  }

  #answerCommitted(waiting: Waiting, answers: SharedAnswers): void {
    const { task } = waiting.request
    const answer = task.kind === 'batch' ? answers.read(task.batch) : undefined
    if (answer === undefined) {
      this.#reject(waiting, committedWithoutAnswer())
    } else {
      this.#forget(waiting)
      waiting.resolve(answer)
    }
  }

  #rejectAll(reason: ConvoDbError): void {
    for (const waiting of this.#waiting.values()) {
      this.#reject(waiting, waiting.tries === 0 ? reason : unknownFate())
    }
  }

  #reject(waiting: Waiting, error: Error): void {
    this.#forget(waiting)
    waiting.reject(error)
  }

  #forget({ request }: Waiting): void {
    this.#waiting.delete(request.id)
    this.#keepAwake()
  }

  /** The process may end while nothing waits for an answer; not while what waits has no writer and is about to get one. */
  #keepAwake(): void {
    const isWaiting = this.#waiting.size > 0
    if (isWaiting) this.#port?.ref()
    else this.#port?.unref()
    if (isWaiting && this.#state.kind === 'unlinked') {
      this.#vigil ??= setInterval(() => undefined, vigilMs)
    } else if (this.#vigil !== undefined) {
      clearInterval(this.#vigil)
      this.#vigil = undefined
    }
  }
}

/** The others hold something of their thread's that is gone with the writer. */
const isRepeatable = ({ request: { task } }: Waiting): boolean =>
  task.kind === 'batch' || task.kind === 'alone' || task.kind === 'index'

/** A parameter that changed after it was checked: an object with a getter of the caller's own. */
const notSendable = (error: unknown): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `A parameter can not be handed to another thread: ${String(error)}`)

const unknownFate = (): Error => new Error('it ended, and what it had done is unknown')

const neverSent = (): ConvoDbError =>
  new ConvoDbError(
    'WORKER_LOST',
    'The writer thread ended again and again before it answered; nothing was done',
  )

const lostTwice = (): ConvoDbError =>
  new ConvoDbError('WORKER_LOST', 'Two writer threads ended while they worked on this; nothing was changed')

const committedWithoutAnswer = (): ConvoDbError =>
  new ConvoDbError('OUTCOME_UNKNOWN', 'The writer thread ended; this was committed, and its answer is lost', {
    committed: true,
  })
