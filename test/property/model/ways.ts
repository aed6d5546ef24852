import { randomUUID } from 'node:crypto'
import { operations, type DatabaseManager, type OperationOutcome } from 'convodb'
import { preparation } from './poison.js'
import type { Model, Outcome } from './model.js'
import { call, type Write } from './operations.js'
import { emptyState, type State } from './state.js'

/** A way to make a run's writes, and what the model then says of it. */
export interface Way {
  readonly name: string
  /** The writes that can be made so. */
  readonly takes: (write: Write) => boolean
  make(db: DatabaseManager, writes: readonly Write[]): Promise<Outcome[]>
  expect(model: Model, writes: readonly Write[]): { readonly state: State; readonly outcomes: Outcome[] }
}

const isShared = ({ name }: Write): boolean => operations[name].transaction === 'shared'

/** Each as a call of its own, all of them at once. */
const calls: Way = {
  name: 'calls',
  takes: () => true,
  async make(db, writes) {
    const settlements = writes.map((): Outcome[] => [])
    await Promise.all(
      writes.map(async (one, index) => {
        settlements[index]?.push(await outcomeOf(one, () => call(db, one)))
      }),
    )
    // Every promise settles, and each one once.
    if (settlements.some((list) => list.length !== 1)) throw new Error('A call did not settle once')
    return settlements.flat()
  },
  expect: expectEach,
}

/** One after another in one transaction, in which each is caught where it fails. */
const transaction: Way = {
  name: 'transaction',
  takes: isShared,
  make: (db, writes) =>
    db.transaction(async ({ execute }) => {
      const outcomes: Outcome[] = []
      for (const one of writes) outcomes.push(await outcomeOf(one, () => call({ execute }, one)))
      return outcomes
    }),
  expect: expectEach,
}

const groupSize = 3

/** In groups, all of them at once; a group in which one fails is nothing. */
const groups: Way = {
  name: 'groups',
  takes: isShared,
  async make(db, writes) {
    const ended = groupsOf(writes).map(async (group): Promise<Outcome[]> => {
      try {
        const values: readonly unknown[] = await db.batch(group)
        return group.map((one, index) => ({ value: answerOf(one, values[index]) }))
      } catch (error) {
        if (codeOf(error) === 'INTERNAL') throw error
        return group.map(() => groupFailed)
      }
    })
    return (await Promise.all(ended)).flat()
  },
  expect(model, writes) {
    let state = emptyState()
    const outcomes = groupsOf(writes).flatMap((group) => {
      const { state: after, outcomes: ended } = expectEach(model, group, state)
      const failed = ended.some((outcome) => 'code' in outcome)
      if (!failed) state = after
      return failed ? ended.map(() => groupFailed) : ended
    })
    return { state, outcomes }
  },
}

/** Each by itself, many in one request, all requests at once and each of them twice: the second changes nothing. */
const bulks: Way = {
  name: 'bulks',
  takes: isShared,
  async make(db, writes) {
    const ended = groupsOf(writes).map(async (bulk): Promise<Outcome[]> => {
      const options = { idempotencyKey: randomUUID() }
      const [first, again] = await Promise.all([1, 2].map(() => db.executeEach(bulk, options)))
      if (first === undefined || again === undefined) throw new Error('A request has two answers')
      if (!again.every((outcome, index) => outcome.ok === first[index]?.ok || isNotKept(outcome)))
        throw new Error('The repeated request ended otherwise')
      return bulk.map((one, index): Outcome => {
        const outcome = first[index]
        if (outcome?.ok === true) return { value: answerOf(one, outcome.value) }
        return { code: codeOf(outcome?.error) }
      })
    })
    return (await Promise.all(ended)).flat()
  },
  expect: expectEach,
}

const isNotKept = (outcome: OperationOutcome<unknown>): boolean =>
  !outcome.ok && outcome.error.code === 'ANSWER_NOT_KEPT'

export const ways: readonly Way[] = [calls, transaction, groups, bulks]

/** Which of several it is that fails first depends on what is found before anything runs. */
const groupFailed: Outcome = { code: 'GROUP_FAILED' }

/** What is prepared stands, whatever becomes of its neighbours. */
function groupsOf(writes: readonly Write[]): Write[][] {
  const alone = writes.slice(0, preparation.length).map((one) => [one])
  const rest = writes.slice(preparation.length)
  const starts = Array.from({ length: Math.ceil(rest.length / groupSize) }, (_, n) => n * groupSize)
  return [...alone, ...starts.map((start) => rest.slice(start, start + groupSize))]
}

function expectEach(model: Model, writes: readonly Write[], from: State = emptyState()) {
  let state = from
  const outcomes = writes.map((one) => {
    const step = model(state, one)
    state = step.state
    return step.outcome
  })
  return { state, outcomes }
}

async function outcomeOf(one: Write, make: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: answerOf(one, await make()) }
  } catch (error) {
    return { code: codeOf(error) }
  }
}

/** Without what depends on the file or on the clock. */
function answerOf({ name }: Write, value: unknown): unknown {
  if (name === 'deleteExpiredMessages' || name === 'deleteMatchingMessages')
    return { ...Object(value), nextCursor: null }
  return ['checkpoint', 'releaseSpace', 'optimize'].includes(name) ? undefined : value
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
