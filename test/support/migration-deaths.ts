import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyDatabase } from 'convodb'
import { expect } from 'vitest'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { verifyFile } from '../../src/workers/file-jobs/verify/verify-file.js'
import type { DeathTask } from '../torture/children/migrate-and-die.js'
import { runChild } from '../torture/support/child.js'
import { temporaryDatabase, temporaryFolder } from './databases.js'
import { dumpFile, type Dump } from './dump.js'
import { readFixture } from './fixture-answers.js'
import { fixtureRows, makeFixture } from './fixtures.js'

/** On as many cores; most of a death is the start of the process that dies. */
const deathsAtOnce = 2

/** A file of version 1, and processes that die while they migrate a copy of it to the synthetic second. */
export interface MigrationDeaths {
  readonly before: Dump
  /** The statements of the whole migration; the last one follows the COMMIT. */
  readonly statements: number
  /** The file that a process leaves which dies before that statement. */
  die(dieBefore: number, withoutTransaction?: boolean): Promise<string>
}

export async function prepareDeaths(): Promise<MigrationDeaths> {
  const folder = await temporaryFolder()
  const original = join(folder, 'original.db')
  makeFixture(1, original)
  const before = dumpFile(original)
  const migrate = async (name: string, task: Omit<DeathTask, 'path'>) => {
    const path = join(folder, name)
    await copyFile(original, path)
    return { path, ...(await runChild('migrate-and-die', { ...task, path })) }
  }
  const whole = await migrate('whole.db', { dieBefore: null, withoutTransaction: false })
  return {
    before,
    statements: Number(whole.stdout),
    async die(dieBefore, withoutTransaction = false) {
      const name = `${String(withoutTransaction)}-${dieBefore}.db`
      const { path, signal, stderr } = await migrate(name, { dieBefore, withoutTransaction })
      expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
      return path
    },
  }
}

/** Calls `act` with every `step`th number below `end`, beginning with `step`; some at once. */
export async function forEachNumber(
  step: number,
  end: number,
  act: (number: number) => Promise<void>,
): Promise<void> {
  let next = step
  const work = async (): Promise<void> => {
    while (next < end) {
      const number = next
      next += step
      await act(number)
    }
  }
  await Promise.all(Array.from({ length: deathsAtOnce }, work))
}

/** As a program opens a file: the rows, then the file. */
export async function expectOpensWithThreads(path: string): Promise<void> {
  const db = await temporaryDatabase({ readers: 1 }, path)
  expect(await readFixture(db)).toEqual(fixtureRows())
  await db.close()
  expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
}

/** What the writer and the verifier do on their threads, in this one: threads take longer to start than all the rest. */
export function expectOpensHere(path: string): void {
  const settings = { path, create: false, readOnly: false, durability: 'full' } as const
  const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }
  openWriteConnection({ ...settings, ...limits }).close()
  const { problems } = verifyFile({ path, busyTimeoutMs: 1_000, maxProblems: 10 }, () => undefined)
  expect(problems).toEqual([])
}
