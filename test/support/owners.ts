import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'

/** A process that opens the file, says how that went, and waits to be killed. */
export function startOwner(path: string) {
  const program = `
    import { openDatabase } from 'convodb'
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    try {
      const db = await openDatabase(process.argv[1])
      await db.storeMessage({ messageId: 'from ' + process.pid, channelId: 'c', userId: 'u', content: '', timestamp: 1 })
      say({ pid: process.pid })
      setInterval(() => db.countMessages(), 1_000)
    } catch (error) {
      say({ code: error.code, owner: error.details.pid })
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

export const firstLine = async (owner: ReturnType<typeof startOwner>) => {
  const [chunk] = await once(owner.stdout, 'data')
  return JSON.parse(String(chunk))
}

/** Starts so many processes at once: one wins, and all others name it. */
export async function expectOneWinner(path: string, count: number): Promise<void> {
  const owners = Array.from({ length: count }, () => startOwner(path))
  const answers = await Promise.all(owners.map(firstLine))
  const winners = answers.filter(({ pid }) => pid !== undefined)
  expect(winners).toHaveLength(1)
  const losers = answers.filter(({ code }) => code === 'LOCKED')
  expect(losers).toHaveLength(count - 1)
  expect(new Set(losers.map(({ owner }) => owner))).toEqual(new Set([winners[0].pid]))
  const ended = Promise.all(owners.map(({ stdout }) => text(stdout)))
  for (const owner of owners) owner.kill('SIGKILL')
  await ended
}
