import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openDatabase, verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { LostWritersReport, LostWritersTask } from './children/lost-writers-report.js'
import { readNotes } from './children/repeat-notes.js'
import { findWrong, messagesPerRequest } from './children/repeatable-request.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const program = fileURLToPath(new URL('../../build/test/torture/children/run-repeats.js', import.meta.url))
const preload = fileURLToPath(new URL('children/forgetful-writer.cjs', import.meta.url))
const forgetful = { NODE_OPTIONS: `--require=${preload}`, FORGETS_KEYS: '1' }

/** After its first new answers; every fifth process is killed while it starts, and so while it repeats. */
const longestMs = 60
const startUpEvery = 5
const startUpMs = 900

/** Starts a process that repeats what was not answered and goes on, and kills it at some moment. */
async function runAndKill(path: string, run: number, environment: object = {}): Promise<void> {
  const child = spawn(process.execPath, [program, path, `${path}-notes`, String(run)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): boolean => child.kill('SIGKILL')
  if (run % startUpEvery === startUpEvery - 1) setTimeout(kill, Math.random() * startUpMs)
  else child.stdout.once('data', () => setTimeout(kill, Math.random() * longestMs))
  const [exitCode, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error(`The child ended by itself: ${String(exitCode)}`)
}

const notesOf = async (path: string) =>
  readNotes(existsSync(`${path}-notes`) ? await readFile(`${path}-notes`, 'utf8') : '')

/** What SQLite alone finds. */
function readIds(path: string): Set<string> {
  const database = new Database(path)
  try {
    return new Set(database.prepare<[], string>('SELECT message_id FROM messages').pluck().all())
  } finally {
    database.close()
  }
}

it('a request with a key is done once, however often kill -9 comes in between', async () => {
  const path = join(scratchFolder(), 'chat.db')
  let doneUnanswered = 0
  for (let run = 0; run < scale.processKills; run += 1) {
    await runAndKill(path, run)
    const { unanswered } = await notesOf(path)
    const ids = readIds(path)
    doneUnanswered += unanswered.filter((key) => ids.has(`${key}/1`)).length
  }
  const { begun, answered, wrong } = await notesOf(path)
  const before = readIds(path)
  const lost = answered.filter((key) => !before.has(`${key}/${messagesPerRequest}`))
  const db = await openDatabase(path, { readers: 1 })
  const found = await Promise.all(begun.map((key) => findWrong(db, key)))
  const stored = await db.countMessages()
  await db.close()
  const wrongAnswers = [...wrong, ...found.filter((one) => one !== undefined)]
  reportFigures('repeated requests', {
    kills: scale.processKills,
    requests: begun.length,
    'done and not answered': doneUnanswered,
    'wrong answers': wrongAnswers.length,
    lost: lost.length,
  })
  expect(wrongAnswers).toEqual([])
  expect(lost).toEqual([])
  expect(stored).toBe(begun.length * messagesPerRequest)
  expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  // The figures mean something only where answers were lost.
  expect(doneUnanswered).toBeGreaterThan(scale.processKills / 10)
})

it('the control: without a record of keys some requests are done twice', async () => {
  const path = join(scratchFolder(), 'chat.db')
  for (let run = 0; run < 3; run += 1) await runAndKill(path, run, forgetful)
  expect((await notesOf(path)).wrong.length).toBeGreaterThan(0)
})

async function loseWriters(
  task: LostWritersTask,
  environment: Readonly<Record<string, string>> = {},
): Promise<LostWritersReport> {
  const { exitCode, stdout, stderr } = await runChild('run-lost-writers', task, {
    NODE_OPTIONS: `--require=${preload}`,
    ...environment,
  })
  expect(exitCode, stderr).toBe(0)
  const report: LostWritersReport = JSON.parse(stdout)
  return report
}

it('a request whose writer was lost between COMMIT and answer is done once', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const requests = 8 * scale.workerKills
  const { codes, wrong, writers } = await loseWriters({ path, requests })
  reportFigures('lost writers', { requests, writers, 'wrong answers': wrong.length, ...codes })
  expect(wrong).toEqual([])
  expect(writers).toBeGreaterThan(5)
  expect(codes['OUTCOME_UNKNOWN']).toBeGreaterThan(0)
  const stored = [...readIds(path)].filter((id) => !id.endsWith('/long'))
  expect(stored).toHaveLength(requests * messagesPerRequest)
})

it('the control: without a record of keys some are done twice there, too', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const { wrong } = await loseWriters({ path, requests: 80 }, forgetful)
  expect(wrong.length).toBeGreaterThan(0)
})
