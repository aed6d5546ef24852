import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { runChild } from './child.js'
import type { Laboratory } from './laboratory.js'

/** Empties the laboratory's disk and has `prepare` put files there. */
export async function prepareDisk(
  { databasePath }: Laboratory,
  prepare: () => Promise<unknown>,
): Promise<void> {
  await rm(dirname(databasePath), { recursive: true, force: true })
  await mkdir(dirname(databasePath))
  await prepare()
}

/**
 * Runs a program of `test/torture/children` that is killed before its so many-th change to the disk.
 *
 * @returns the number of changes it made where it ended by itself: not every run makes equally many.
 */
export async function dieAtStep(
  { environment, notesFolder }: Laboratory,
  program: string,
  task: object,
  step: number,
): Promise<number | undefined> {
  const stepsPath = join(notesFolder, 'steps')
  const { signal, stderr } = await runChild(program, task, {
    ...environment,
    TORTURE_STEPS: stepsPath,
    TORTURE_DIE_AT: String(step),
  })
  expect(stderr).toBe('')
  if (signal === 'SIGKILL') return undefined
  expect(signal).toBeNull()
  return Number(await readFile(stepsPath, 'utf8'))
}
