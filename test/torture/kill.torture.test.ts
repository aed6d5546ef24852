import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const program = fileURLToPath(
  new URL('../../build/test/torture/children/run-until-killed.js', import.meta.url),
)
/** After its first acknowledgement; every fifth process is killed while it starts, which is where it recovers, too. */
const longestMs = 60
const startUpEvery = 5
const startUpMs = 600

/** Starts a process, kills it at some moment, and gives the lines it had noted by then. */
async function runAndKill(path: string, run: number, when = 'acknowledged'): Promise<string[]> {
  const notesPath = `${path}-notes-${run}`
  const child = spawn(process.execPath, [program, path, notesPath, String(run), when], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): boolean => child.kill('SIGKILL')
  if (run % startUpEvery === 0) setTimeout(kill, Math.random() * startUpMs)
  else child.stdout.once('data', () => setTimeout(kill, Math.random() * longestMs))
  const [exitCode, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error(`The child ended by itself: ${String(exitCode)}`)
  const notes = existsSync(notesPath) ? await readFile(notesPath, 'utf8') : ''
  await rm(notesPath, { force: true })
  // What follows the last end of a line is a line cut short.
  return notes.split('\n').slice(0, -1)
}

const acknowledgedIds = (lines: readonly string[]): string[] =>
  lines.flatMap((line) =>
    line.startsWith('s ')
      ? [line.slice(2)]
      : line.startsWith('a ')
        ? [`${line.slice(2)}/1`, `${line.slice(2)}/2`]
        : [],
  )

/** What SQLite alone finds: the ids, and that the file is whole. */
function readIds(path: string): Set<string> {
  const database = new Database(path)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    return new Set(database.prepare<[], string>('SELECT message_id FROM messages').pluck().all())
  } finally {
    database.close()
  }
}

const isHalf = (id: string, ids: ReadonlySet<string>): boolean =>
  (id.endsWith('/1') && !ids.has(`${id.slice(0, -1)}2`)) ||
  (id.endsWith('/2') && !ids.has(`${id.slice(0, -1)}1`))

it('an acknowledged write survives kill -9, and half of one is never there', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const acknowledged: string[] = []
  let lost = 0
  let half = 0
  let opened = 0
  for (let run = 0; run < scale.processKills; run += 1) {
    const lines = await runAndKill(path, run)
    if (lines.includes('open')) opened += 1
    acknowledged.push(...acknowledgedIds(lines))
    // The next process recovers the file in most rounds; in some SQLite alone does.
    if (run % 4 !== 3 && run !== scale.processKills - 1) continue
    const ids = readIds(path)
    lost += acknowledged.filter((id) => !ids.has(id)).length
    half += [...ids].filter((id) => isHalf(id, ids)).length
  }
  const db = await openDatabase(path)
  const stored = await db.countMessages()
  const { items } = await db.listChannels()
  const counts = await Promise.all(items.map(({ channelId }) => db.countMessages({ channelId, after: -1 })))
  await db.close()
  reportFigures('kill -9', {
    cycles: scale.processKills,
    'killed before they had opened': scale.processKills - opened,
    acknowledged: acknowledged.length,
    stored,
    lost,
    'half-applied': half,
  })
  expect(lost).toBe(0)
  expect(half).toBe(0)
  expect(items.map(({ messageCount }) => messageCount)).toEqual(counts)
  expect(stored).toBe(readIds(path).size)
  // The figures mean something only where there was something to lose, and where some were killed while starting.
  expect(acknowledged.length).toBeGreaterThan(scale.processKills * 10)
  expect(opened).toBeLessThan(scale.processKills)
})

it('the control: what is called acknowledged too early is found lost', async () => {
  const path = join(scratchFolder(), 'chat.db')
  const early: string[] = []
  for (let run = 1; run <= 3; run += 1) early.push(...acknowledgedIds(await runAndKill(path, run, 'called')))
  const ids = readIds(path)
  expect(early.filter((id) => !ids.has(id)).length).toBeGreaterThan(0)
})
