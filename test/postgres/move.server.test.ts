import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../cli/run-cli.js'
import { temporaryFolder } from '../support/databases.js'
import { everything, fillWithEverything, startMove, startWriter } from '../support/moving.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe('convodb move', () => {
  it('from a file that is written to: follows, and switches over within a second or so of the writer’s end', async () => {
    const from = join(await temporaryFolder(), 'from.db')
    const to = await server.createDatabase()
    await fillWithEverything(from, 2_000)
    const live = await startWriter(from)
    const move = startMove(from, to, '--follow')
    try {
      await move.said('Following')
      await wait(1_000)
      move.child.kill('SIGTERM')
      await move.said('Ready.')
    } finally {
      await live.stop()
    }
    const endedAtMs = performance.now()
    await move.said('Switched over')
    // A figure for an idle machine is in the notes of the issue; here others may run beside it.
    expect(performance.now() - endedAtMs).toBeLessThan(20_000)
    expect(await move.ended).toMatchObject({ code: 0, text: expect.stringContaining('Moved:') })
    expect(await everything(to)).toEqual(await everything(from))
    expect((await runCli(['verify', '--db', to])).exitCode).toBe(0)
  })

  it('back to a file, while others write: what they wrote before they ended is there', async () => {
    const from = await server.createDatabase()
    const to = join(await temporaryFolder(), 'to.db')
    await fillWithEverything(from, 2_000)
    const live = await startWriter(from)
    const move = startMove(from, to, '--follow')
    try {
      await move.said('Following')
      await wait(1_000)
    } finally {
      await live.stop()
    }
    move.child.kill('SIGTERM')
    expect(await move.ended).toMatchObject({ code: 0, text: expect.stringContaining('Moved:') })
    expect(await everything(to)).toEqual(await everything(from))
    expect((await runCli(['verify', '--db', to])).exitCode).toBe(0)
  })

  it('is alone with its target', async () => {
    const from = join(await temporaryFolder(), 'from.db')
    const to = await server.createDatabase()
    await fillWithEverything(from, 30_000)
    const first = startMove(from, to)
    await first.said('rows copied')
    expect(await startMove(from, to).ended).toMatchObject({
      code: 1,
      text: expect.stringContaining('LOCKED'),
    })
    expect(await first.ended).toMatchObject({ code: 0 })
  })

  it('killed at any moment, or cut from its server, goes on from where it was', async () => {
    const from = join(await temporaryFolder(), 'from.db')
    const to = await server.createDatabase()
    await fillWithEverything(from, 40_000)
    let end: Awaited<ReturnType<typeof startMove>['ended']> | undefined
    for (const afterMs of [700, 1_500, 2_500]) {
      const move = startMove(from, to)
      end = await Promise.race([wait(afterMs, undefined), move.ended])
      if (end?.code === 0) break
      move.child.kill('SIGKILL')
      await move.ended
    }
    if (end?.code !== 0) {
      const move = startMove(from, to)
      await Promise.race([wait(1_000), move.ended])
      await server.crash()
      end = await move.ended
    }
    if (end.code !== 0) end = await startMove(from, to).ended
    expect(end).toMatchObject({ code: 0, text: expect.stringContaining('are equal') })
    expect(await everything(to)).toEqual(await everything(from))
  })
})
