import { createHistogram, type Histogram } from 'node:perf_hooks'
import { ConvoDbError } from 'convodb'

/** Of offering, before the event loop gets its turn. */
const sliceMs = 5

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What became of the calls that were offered. */
export interface Offered {
  readonly offered: number
  readonly refused: number
  /** Refused in a later turn of the event loop than the one that made the call. */
  readonly refusedLate: number
  /** Answers that were neither success nor OVERLOADED with its numbers. */
  readonly otherErrors: readonly string[]
  /** In nanoseconds. A histogram, since a list of half a million turns a second is more memory than the database's calls. */
  readonly turns: Histogram
}

/** Makes so many calls a second by the clock, whatever becomes of them; ends when the last one is made, not answered. */
export async function offer(
  call: () => Promise<void>,
  perSecond: number,
  seconds: number,
): Promise<{ readonly offered: Offered; readonly answered: Promise<void> }> {
  let turn = 0
  let offered = 0
  let refused = 0
  let refusedLate = 0
  let unanswered = 0
  let onAnswered: (() => void) | undefined
  const otherErrors = new Set<string>()
  const turns = createHistogram()

  const refuse = (error: unknown, madeInTurn: number): void => {
    const details = error instanceof ConvoDbError && error.code === 'OVERLOADED' ? error.details : {}
    const { queuedOperations, maxQueuedOperations } = details
    if (queuedOperations === undefined || queuedOperations !== maxQueuedOperations) {
      otherErrors.add(String(error))
      return
    }
    refused += 1
    if (turn !== madeInTurn) refusedLate += 1
  }
  const makeCall = async (): Promise<void> => {
    const madeInTurn = turn
    offered += 1
    unanswered += 1
    try {
      await call()
    } catch (error) {
      refuse(error, madeInTurn)
    }
    unanswered -= 1
    if (unanswered === 0) onAnswered?.()
  }

  const startedAtMs = performance.now()
  for (let nowMs = startedAtMs; nowMs < startedAtMs + seconds * 1_000;) {
    let due = ((nowMs - startedAtMs) / 1_000) * perSecond - offered
    for (; due >= 1 && performance.now() - nowMs < sliceMs; due -= 1) void makeCall()
    await nextTurn()
    turn += 1
    const endedAtMs = performance.now()
    turns.record(Math.max(1, Math.round((endedAtMs - nowMs) * 1_000_000)))
    nowMs = endedAtMs
  }
  const answered = new Promise<void>((resolve) => {
    onAnswered = resolve
    if (unanswered === 0) resolve()
  })
  return {
    get offered() {
      return { offered, refused, refusedLate, otherErrors: [...otherErrors], turns }
    },
    answered,
  }
}
