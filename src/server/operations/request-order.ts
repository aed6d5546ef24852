import { ConvoDbError } from '../../main/index.js'

/** Which of a client's requests it is: they are numbered, and two of them may be on their way at once. */
export interface Sequence {
  readonly client: string
  readonly number: number
  /** The oldest that the client has no answer to: what came before it is settled. */
  readonly oldest: number
}

interface ClientState {
  /** The last that was begun. */
  last: number
  readonly waiting: Map<number, Waiting>
}

interface Waiting {
  begin(): void
  giveUp(): void
}

/** So many clients are remembered, those last heard of. */
const maxClients = 10_000
/** How long one waits for its turn: what comes before it may have been lost, and is sent again then. */
const patienceMs = 5_000

/** Begins the requests of each client in the order of their numbers, whatever order they come in. */
export class RequestOrder {
  readonly #clients = new Map<string, ClientState>()
  #isClosed = false

  /**
   * Resolves when it is a request's turn: the one before it has begun. One that has begun before, and is repeated, need not wait.
   *
   * @returns to be called when the request has begun.
   * @throws OVERLOADED when the one before it does not come
   */
  async turn({ client, number, oldest }: Sequence): Promise<() => void> {
    const state = this.#stateOf(client, oldest)
    if (number > state.last + 1) {
      if (this.#isClosed) throw notCome()
      await waitFor(state, number)
    }
    return () => begun(state, number)
  }

  /** Has nobody wait any more: connections that end bring nothing, and clients send both to the server that comes next. */
  close(): void {
    this.#isClosed = true
    for (const { waiting } of this.#clients.values()) for (const { giveUp } of waiting.values()) giveUp()
  }

  #stateOf(client: string, oldest: number): ClientState {
    const state = this.#clients.get(client) ?? { last: oldest - 1, waiting: new Map() }
    this.#clients.delete(client)
    this.#clients.set(client, state)
    const [longestUnheard] = this.#clients.keys()
    if (this.#clients.size > maxClients && longestUnheard !== undefined) this.#clients.delete(longestUnheard)
    // What is settled was given up by its caller, or answered before this server was started.
    if (state.last < oldest - 1) begun(state, oldest - 1)
    return state
  }
}

const notCome = (): ConvoDbError =>
  new ConvoDbError('OVERLOADED', 'The request before this one has not come; send both again')

function begun(state: ClientState, number: number): void {
  if (number <= state.last) return
  state.last = number
  const next = number + 1
  state.waiting.get(next)?.begin()
  state.waiting.delete(next)
}

function waitFor(state: ClientState, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      begin() {
        clearTimeout(timer)
        resolve()
      },
      giveUp() {
        clearTimeout(timer)
        // The same request may have come again, and waits in its place.
        if (state.waiting.get(number) === waiting) state.waiting.delete(number)
        reject(notCome())
      },
    }
    const timer = setTimeout(() => waiting.giveUp(), patienceMs)
    state.waiting.set(number, waiting)
  })
}
