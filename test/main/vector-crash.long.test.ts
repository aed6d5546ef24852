import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** Stores and deletes without end, and says what is acknowledged: `+` and `-` and the ids. */
const program = `
  import { openDatabase } from 'convodb'
  const db = await openDatabase(process.argv[1], { readers: 1 })
  const vectorOf = (n) => Array.from({ length: 16 }, (_, index) => Math.sin(n * (index + 1)))
  for (let n = 0; ; n += 300) {
    const ids = Array.from({ length: 300 }, (_, index) => n + index)
    await db.addMessages(ids.map((id) => ({
      messageId: String(id), channelId: 'c' + (id % 3), userId: 'u', content: 'x', timestamp: id,
    })))
    await db.storeEmbeddings(ids.map((id) => (
      { ownerType: 'message', ownerId: String(id), model: 'mini', vector: vectorOf(id) })))
    console.log('+', ...ids)
    const old = ids.filter((id) => id % 4 === 0)
    await db.deleteMessages(old.map(String))
    console.log('-', ...old)
  }`

it.each([1, 3, 8, 13])(
  'a process that is killed after %i steps leaves what it acknowledged, in blocks or not',
  async (steps) => {
    const path = join(await temporaryFolder(), 'chat.db')
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const there = new Set<string>()
    let seen = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const [sign, ...ids] = line.split(' ')
      for (const id of ids)
        if (sign === '+') there.add(id)
        else there.delete(id)
      seen += 1
      if (seen === steps) child.kill('SIGKILL')
    }
    await exited
    const db = await temporaryDatabase({}, path)
    const search = { model: 'mini', vector: Array.from({ length: 16 }, () => 1), owner: 'message' as const }
    const found = await db.searchByVector({ ...search, limit: 10_000 })
    const { messages } = (await db.stats()).rows
    // What was under way when it was killed may be there as well, or be gone.
    const missing = [...there].filter((id) => !found.some(({ messageId }) => messageId === id))
    expect(missing.every((id) => Number(id) % 4 === 0)).toBe(true)
    const stored = await db.getEmbeddings({
      ownerType: 'message',
      ownerIds: Array.from({ length: 6_000 }, (_, id) => String(id)),
    })
    expect(found.map(({ messageId }) => messageId).toSorted()).toEqual(
      stored.map(({ ownerId }) => ownerId).toSorted(),
    )
    expect(messages).toBeGreaterThanOrEqual(found.length)
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
  },
)
