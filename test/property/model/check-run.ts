import { isDeepStrictEqual } from 'node:util'
import type { DatabaseManager } from 'convodb'
import { expect } from 'vitest'
import type { PlannedWrite } from './arbitraries.js'
import { idsOf, type Ids } from './ids.js'
import type { Model, Outcome } from './model.js'
import { call, withPrefix, write, type Write } from './operations.js'
import { preparation } from './poison.js'
import { readDatabase } from './read-database.js'
import { readModel } from './read-model.js'
import { plain } from './state.js'
import type { Way } from './ways.js'

export interface RunFigures {
  readonly writes: number
  readonly poisoned: number
  readonly failed: number
  /** How each kind of write ended: its name, and 'ok' or a code. */
  readonly endings: readonly string[]
}

/**
 * Makes the writes of a run, and compares how each ended with the model, then everything that can be read: once
 * as it is, and once after what is unindexed was merged. It leaves the database as empty as it found it.
 */
export async function checkRun(
  db: DatabaseManager,
  model: Model,
  planned: readonly PlannedWrite[],
  prefix: string,
  way: Way,
): Promise<RunFigures> {
  planned = planned.filter((one) => way.takes(one.write))
  const writes = withPrefix([...preparation, ...planned.map((one) => one.write)], prefix)
  const ids = idsOf(prefix)
  try {
    const outcomes = await way.make(db, writes)
    const { state, outcomes: expected } = way.expect(model, writes)
    // A call that was made to fail and did not would test nothing.
    const spared = planned.filter(
      (one, index) => one.isPoisoned && !('code' in (outcomes[preparation.length + index] ?? {})),
    )
    expectSame(spared, [])
    expectSame(withNames(writes, outcomes), withNames(writes, expected))
    expectSame(await readDatabase(db, ids), readModel(state, ids))
    await db.withConnection(() => undefined)
    expectSame(await readDatabase(db, ids), readModel(state, ids))
    return {
      writes: writes.length,
      poisoned: planned.filter(({ isPoisoned }) => isPoisoned).length,
      failed: outcomes.filter((outcome) => 'code' in outcome).length,
      endings: writes.map(({ name }, index) => `${name} ${endingOf(outcomes[index])}`),
    }
  } finally {
    await clear(db, ids)
  }
}

const endingOf = (outcome: Outcome | undefined): string =>
  outcome !== undefined && 'code' in outcome ? outcome.code : 'ok'

const withNames = (writes: readonly Write[], outcomes: readonly Outcome[]) =>
  writes.map((one, index) => ({ ...one, outcome: outcomes[index] }))

/** The quick comparison first: the other one tells what differs. */
function expectSame(actual: unknown, expected: unknown): void {
  const [left, right] = [plain(actual), plain(expected)]
  if (!isDeepStrictEqual(left, right)) expect(left).toStrictEqual(right)
}

async function clear(db: DatabaseManager, { channelIds, userIds }: Ids): Promise<void> {
  await Promise.all([
    ...channelIds.map((channelId) => call(db, write('deleteChannel', { channelId }))),
    ...userIds.map((userId) => call(db, write('forgetUser', { userId, mayReturn: true }))),
  ])
}
