import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { EndingReport, EndingTask, ExitTask } from './children/ending-task.js'
import type { LoadingReport, LoadingTask } from './children/loading-task.js'
import { runChild } from './support/child.js'
import { scratchFolder } from './support/scratch.js'
import { buildShim, describeWithShim } from './support/shim.js'

const preload = new URL('children/writer-beside-loading.cjs', import.meta.url)

it('a writer that is lost while its checkpointer loads native code takes neither the process nor a message along', async () => {
  const task: LoadingTask = { path: join(scratchFolder(), 'chat.db'), deaths: 30 }
  const { exitCode, stdout, stderr } = await runChild('lose-writers-beside-loading', task, {
    NODE_OPTIONS: `--require=${fileURLToPath(preload)}`,
  })
  expect(exitCode, stderr).toBe(0)
  const { deaths, acknowledged }: LoadingReport = JSON.parse(stdout)
  expect(deaths).toBeGreaterThanOrEqual(task.deaths)
  expect(acknowledged.length).toBeGreaterThan(0)
  const stored = readIds(task.path)
  expect(acknowledged.filter((messageId) => !stored.has(messageId))).toEqual([])
})

describeWithShim('native code that takes half a second to load', () => {
  it('does not take the process along when a read has run out of time, nor when a database closes that may not wait', async () => {
    const folder = scratchFolder()
    const task: EndingTask = { folder, endings: 3 }
    const { exitCode, stdout, stderr } = await runChild('end-loading-threads', task, {
      LD_PRELOAD: buildShim(folder, 'slow-load'),
      TORTURE_LOAD_MS: '500',
    })
    expect(exitCode, stderr).toBe(0)
    const { restarts, codes }: EndingReport = JSON.parse(stdout)
    expect(restarts).toBeGreaterThanOrEqual(task.endings)
    expect(codes).toEqual(['CLOSED', 'CLOSED', 'CLOSED'])
  })

  const works = ['openDatabase', 'verifyDatabase', 'backupDatabase'] as const
  const exits = works.flatMap((work) => [100, 250, 400, 550, 700].map((afterMs) => ({ work, afterMs })))

  it.each(exits)('lets a process that exits $afterMs ms after $work do so', async ({ work, afterMs }) => {
    const folder = scratchFolder()
    await (await openDatabase(join(folder, 'chat.db'))).close()
    const task: ExitTask = { folder, work, afterMs, exitCode: 3 }
    const { exitCode, stderr } = await runChild('exit-while-loading', task, {
      LD_PRELOAD: buildShim(folder, 'slow-load'),
      TORTURE_LOAD_MS: '500',
    })
    expect(exitCode, stderr).toBe(3)
  })
})

function readIds(path: string): Set<string> {
  const database = new Database(path, { readonly: true })
  try {
    return new Set(database.prepare<[], string>('SELECT message_id FROM messages').pluck().all())
  } finally {
    database.close()
  }
}
