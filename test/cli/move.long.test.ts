import { writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { everything, fillWithEverything, startMove, startWriter } from '../support/moving.js'
import { runCli } from './run-cli.js'

describe('convodb move', () => {
  it('moves everything, compares it, and leaves no state behind', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await fillWithEverything(from, 3_000)
    const { code, text } = await startMove(from, to).ended
    expect(text).toContain('are equal')
    expect(code).toBe(0)
    expect(await everything(to)).toEqual(await everything(from))
    expect(existsSync(`${from}-move`)).toBe(false)
    expect((await runCli(['verify', '--db', to])).exitCode).toBe(0)
  })

  it('keeps how far it is neither in a database nor in what belongs to one, and advises nobody to delete one', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await (await openDatabase(from)).close()
    for (const state of [from, `${from}-wal`, to, `${to}-lock`]) {
      const { exitCode, stderr } = await runCli(['move', '--from', from, '--to', to, '--state', state])
      expect(exitCode).toBe(2)
      expect(stderr).toContain('itself, or belongs to it; choose another name (INVALID_ARGUMENT)')
    }
    expect((await runCli(['move', '--from', from, '--to', to, '--state', ''])).exitCode).toBe(2)
    expect(existsSync(to)).toBe(false)
  })

  it('moves an empty database', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await (await openDatabase(from)).close()
    expect(await startMove(from, to).ended).toMatchObject({ code: 0 })
  })

  it('killed at any moment goes on from where it was', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await fillWithEverything(from, 60_000)
    let kills = 0
    let end: Awaited<ReturnType<typeof startMove>['ended']> | undefined
    for (const afterMs of [400, 700, 1_000, 1_300, 1_600, 2_000]) {
      const move = startMove(from, to)
      end = await Promise.race([wait(afterMs, undefined), move.ended])
      if (end !== undefined) break
      move.child.kill('SIGKILL')
      await move.ended
      kills += 1
    }
    expect(kills).toBeGreaterThan(1)
    end ??= await startMove(from, to).ended
    expect(end).toMatchObject({ code: 0, text: expect.stringContaining('are equal') })
    expect(await everything(to)).toEqual(await everything(from))
  })

  it('stopped by Ctrl-C says that it goes on, and does', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await fillWithEverything(from, 100_000)
    const move = startMove(from, to)
    await move.said('rows copied')
    move.child.kill('SIGINT')
    const stopped = await move.ended
    expect(stopped).toMatchObject({ code: 130, text: expect.stringContaining('goes on from here') })
    const again = await startMove(from, to).ended
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining('are equal') })
  })

  it('follows a file that is written to, and switches over when the writer has ended', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await fillWithEverything(from, 2_000)
    const live = await startWriter(from)
    const move = startMove(from, to, '--follow')
    try {
      await move.said('Following')
      await wait(1_000)
      move.child.kill('SIGINT')
      await move.said('Ready.')
      await wait(500)
      expect(move.text()).not.toContain('Switched over')
    } finally {
      await live.stop()
    }
    await move.said('Switched over')
    expect(await move.ended).toMatchObject({ code: 0, text: expect.stringContaining('Moved:') })
    expect(await everything(to)).toEqual(await everything(from))
    expect((await runCli(['verify', '--db', to])).exitCode).toBe(0)
  })

  it('that was cut behind its switch takes nothing from a target that others write to by now', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')]
    await fillWithEverything(from, 100)
    expect(await startMove(from, to).ended).toMatchObject({ code: 0 })
    const db = await openDatabase(to)
    await db.storeMessage(message('new', { channelId: 'new' }))
    await db.deleteEmbeddings({ ownerType: 'message', ownerIds: ['m-6'] })
    await db.close()
    const state = { from, to, changesAfter: 'c0.0', isSwitchedOver: true }
    await writeFile(`${from}-move`, JSON.stringify(state))
    expect(await startMove(from, to, '--follow').ended).toMatchObject({
      code: 0,
      text: expect.stringContaining('Moved:'),
    })
    const moved = await openDatabase(to)
    expect(await moved.getMessage('new')).toBeDefined()
    expect(await moved.getEmbeddings({ ownerType: 'message', ownerIds: ['m-6'] })).toHaveLength(1)
    await moved.close()
  })

  it('refuses a target that is not empty, the source itself, and a state of another move', async () => {
    const folder = await temporaryFolder()
    const [from, to, other] = ['from.db', 'to.db', 'other.db'].map((name) => join(folder, name))
    if (from === undefined || to === undefined || other === undefined) throw new Error('no paths')
    for (const path of [from, to]) {
      const db = await openDatabase(path)
      await db.storeMessage(message('1'))
      await db.close()
    }
    const said = async (...args: string[]) => (await runCli(['move', ...args])).stderr
    expect(await said('--from', from, '--to', to)).toContain('ALREADY_EXISTS')
    expect(await said('--from', from, '--to', from)).toContain('the same database')
    expect(await said('--from', join(folder, 'missing.db'), '--to', other)).toContain('NOT_FOUND')
    expect(await said('--from', 'postgres://localhost/a', '--to', 'postgres://localhost/b')).toContain(
      '--state',
    )
    await writeFile(join(folder, 'state'), 'no state')
    expect(await said('--from', from, '--to', other, '--state', join(folder, 'state'))).toContain(
      'no state of a move',
    )
    await writeFile(
      join(folder, 'state'),
      JSON.stringify({ from: '/else.db', to: '/other.db', changesAfter: 'x' }),
    )
    expect(await said('--from', from, '--to', other, '--state', join(folder, 'state'))).toContain('/else.db')
  })
})
