import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { expect } from 'vitest'
import type { Fate, LeaseReport, LeaseTask } from '../children/lease-fates.js'
import { runChild } from './child.js'

const preload = new URL('../children/deadly-threads.cjs', import.meta.url)

export interface LeaseFigures {
  readonly leases: number
  readonly committed: number
  readonly unknown: number
  readonly restarts: number
  /** Leases and messages of which the file does not hold what their callers were told. */
  readonly wrong: readonly string[]
  readonly codes: Readonly<Record<string, number>>
}

/** Runs the threads in a process of their own and compares what they were told with what is in the file. */
export async function runLeases(
  folder: string,
  task: Omit<LeaseTask, 'path'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<LeaseFigures> {
  const path = join(folder, 'leases.db')
  const { exitCode, stdout, stderr } = await runChild(
    'run-leases',
    { ...task, path },
    // Where nobody dies, nothing is loaded that could kill.
    task.kills === 0 ? {} : { NODE_OPTIONS: `--require=${fileURLToPath(preload)}`, ...environment },
  )
  expect(exitCode, stderr).toBe(0)
  const report: LeaseReport = JSON.parse(stdout)
  const stored = readFile(path)
  const wrong: string[] = []
  const codes: Record<string, number> = {}
  const fates = report.threads.flatMap(({ pairs }) => Object.values(pairs))
  for (const thread of report.threads) {
    for (const [id, fate] of Object.entries(thread.pairs)) {
      const rows = stored.pairs.get(id) ?? 0
      if (!isAsTold(fate, rows, 2)) wrong.push(`${id}: ${fate}, ${rows} of 2 rows there`)
    }
    for (const [id, fate] of Object.entries(thread.messages)) {
      const rows = stored.messages.has(id) ? 1 : 0
      if (!isAsTold(fate, rows, 1)) wrong.push(`${id}: ${fate}, ${rows} messages there`)
    }
    for (const [code, count] of Object.entries(thread.codes)) codes[code] = (codes[code] ?? 0) + count
  }
  await expectWhole(path, stored.messages.size)
  return {
    leases: fates.length,
    committed: fates.filter((fate) => fate === 'committed').length,
    unknown: fates.filter((fate) => fate === 'unknown').length,
    restarts: report.restarts,
    wrong,
    codes,
  }
}

const isAsTold = (fate: Fate, rows: number, all: number): boolean =>
  (fate === 'committed' && rows === all) ||
  (fate === 'not' && rows === 0) ||
  (fate === 'unknown' && (rows === 0 || rows === all))

/** Read by SQLite alone. */
function readFile(path: string) {
  const database = new Database(path, { readonly: true })
  try {
    const rows = database
      .prepare<[], { id: string; count: number }>('SELECT id, count(*) AS count FROM pairs GROUP BY id')
      .all()
    const messages = database.prepare<[], string>('SELECT message_id FROM messages').pluck().all()
    return { pairs: new Map(rows.map(({ id, count }) => [id, count])), messages: new Set(messages) }
  } finally {
    database.close()
  }
}

async function expectWhole(path: string, count: number): Promise<void> {
  const db = await openDatabase(path)
  try {
    let listed = 0
    for await (const _ of db.iterateMessages({ channelId: 'general', limit: 5_000 })) listed += 1
    expect([listed, await db.countMessages()]).toEqual([count, count])
    expect((await db.verify()).problems).toEqual([])
  } finally {
    await db.close()
  }
}
