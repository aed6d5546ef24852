import type { LentJson } from '../executor.js'
import type { AnyOutcome, OperationMessage, Outcome } from '../../../protocol/messages.js'

/** Answers that are lent at once; when all rooms are taken, others are given. */
const rooms = 64
/** A page of a hundred messages of chat is half of that. What is larger is given, too. */
const roomBytes = 64 * 1024

/** A part of the memory, in which a reader may write one answer. */
type Room = Uint8Array<SharedArrayBuffer>

/**
 * Memory in which readers write answers for whoever sends them on. It is never copied and never collected: bytes of each answer's own
 * make V8 collect everything once in some hundred pages.
 */
export class AnswerMemory {
  readonly #free: Room[]

  constructor() {
    const memory = new SharedArrayBuffer(rooms * roomBytes)
    this.#free = Array.from(
      { length: rooms },
      (_, index) => new Uint8Array(memory, index * roomBytes, roomBytes),
    )
  }

  /** Undefined when there is none left. */
  take(): Room | undefined {
    return this.#free.pop()
  }

  giveBack(room: Room): void {
    this.#free.push(room)
  }
}

/** The rooms that go to a reader with a bundle of operations. */
export class BundleRooms {
  /** The same ones, each that is to be lent with its room. */
  readonly operations: readonly OperationMessage[]
  readonly #memory: AnswerMemory
  readonly #written: WrittenRoom[] = []

  constructor(memory: AnswerMemory, operations: readonly OperationMessage[]) {
    this.#memory = memory
    this.operations = operations.map((operation) => {
      const room = operation.form === 'lent json' ? memory.take() : undefined
      return room === undefined ? operation : { ...operation, room }
    })
  }

  /** Outcomes with what was written into the rooms. */
  answersOf(outcomes: readonly AnyOutcome[]): Outcome<unknown>[] {
    return outcomes.map((outcome, index) => {
      const room = this.operations[index]?.room
      if (room === undefined) return outcome
      const isWritten = outcome.ok && typeof outcome.value === 'number'
      const written = new WrittenRoom(this.#memory, room, isWritten ? Number(outcome.value) : 0)
      this.#written.push(written)
      return isWritten ? { ok: true, value: written } : outcome
    })
  }

  /** Those that nobody has taken, since their callers have given up or got something else. */
  takeBack(): void {
    for (const written of this.#written) if (!written.isTaken) written.release()
  }
}

class WrittenRoom implements LentJson {
  readonly bytes: Uint8Array
  readonly #room: Room
  #memory: AnswerMemory | undefined
  isTaken = false

  constructor(memory: AnswerMemory, room: Room, length: number) {
    this.#memory = memory
    this.#room = room
    this.bytes = room.subarray(0, length)
  }

  release(): void {
    this.#memory?.giveBack(this.#room)
    this.#memory = undefined
  }
}

/** An answer as whoever asked for JSON gets it, lent or given. */
export function toLentJson(answer: unknown): unknown {
  if (!(answer instanceof WrittenRoom)) return { bytes: answer, release: () => undefined }
  answer.isTaken = true
  return answer
}
