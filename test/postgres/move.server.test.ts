import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../cli/run-cli.js'
import { damagedCopy } from '../support/damaged-file.js'
import { message, temporaryFolder } from '../support/databases.js'
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
    // Rows have no checksums of ours there: "0 rows compared" would read as if nothing had been looked at.
    const verified = await runCli(['verify', '--db', to])
    expect(verified.stdout).toMatch(/: ok \(checked in \d+s\)\n$/)
    expect(verified.stderr).not.toContain('0 rows')
    expect(verified.exitCode).toBe(0)
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

  it('takes no damaged row for one that was stored so, and goes on once it is put right', async () => {
    const whole = join(await temporaryFolder(), 'whole.db')
    const db = await openDatabase(whole)
    await db.addMessages(['dm-1', 'dm-2', 'dm-3'].map((id) => message(id, { content: id })))
    await db.close()
    const from = await damagedCopy(whole, `UPDATE messages SET content = 'dm-9' WHERE message_id = 'dm-2'`)
    const to = await server.createDatabase()
    expect(await startMove(from, to).ended).toMatchObject({
      code: 1,
      text: expect.stringMatching(/dm-2.*CORRUPT/),
    })
    const owner = await openDatabase(from)
    await owner.storeMessage(message('dm-2', { content: 'dm-2' }))
    await owner.close()
    expect(await startMove(from, to).ended).toMatchObject({ code: 0 })
    expect(await everything(to)).toEqual(await everything(whole))
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
