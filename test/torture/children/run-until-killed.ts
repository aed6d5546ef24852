import { writeSync } from 'node:fs'
import { openDatabase, type DatabaseManager } from 'convodb'

/**
 * Stores without end and says on its output what was acknowledged, until somebody kills it. A line a call: `s` and the id
 * of a message, or `a` and the name of a pair of messages that one call stored. `open` when the database is open.
 * The control (`called`) says so before the call has been answered.
 */
const [path = '', run = '', when = 'acknowledged'] = process.argv.slice(2)
const inFlight = 64

/** At once: a line that waits for the event loop would be lost with the process, and the acknowledgement with it. */
const say = (line: string): void => void writeSync(1, `${line}\n`)

async function saying(line: string, call: () => Promise<unknown>): Promise<void> {
  if (when === 'called') say(line)
  await call()
  if (when !== 'called') say(line)
}

async function write(db: DatabaseManager, writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const id = `${run}-${writer}-${n}`
    const row = {
      channelId: `c${n % 7}`,
      userId: `u${writer % 5}`,
      content: `${id} says hello`,
      timestamp: n,
    }
    if (n % 4 === 3) {
      await saying(`a ${id}`, () =>
        db.addMessages([
          { ...row, messageId: `${id}/1` },
          { ...row, messageId: `${id}/2`, channelId: `c${(n + 1) % 7}` },
        ]),
      )
    } else {
      await saying(`s ${id}`, () => db.storeMessage({ ...row, messageId: id }))
    }
  }
}

// A short log, so that checkpoints are under way at many a death.
const db = await openDatabase(path, { walAutocheckpointPages: 200 })
say('open')
await Promise.all(Array.from({ length: inFlight }, (_, writer) => write(db, writer)))
