import { openSync, writeSync } from 'node:fs'
import { openDatabase, type DatabaseManager } from 'convodb'

/**
 * Stores without end and notes what was acknowledged, until somebody kills it; its output says when there is something. A
 * line a call: `s` and the id
 * of a message, or `a` and the name of a pair of messages that one call stored. `open` when the database is open.
 * The control (`called`) says so before the call has been answered.
 */
const [path = '', notesPath = '', run = '', when = 'acknowledged'] = process.argv.slice(2)
const notes = openSync(notesPath, 'a')
const inFlight = 64

/** Into a file, at once: what waits for the event loop, or in a full pipe, would be lost with the process. */
function say(line: string): void {
  writeSync(notes, `${line}\n`)
  if (!hasSaid && line !== 'open') process.stdout.write('acknowledged')
  hasSaid ||= line !== 'open'
}
let hasSaid = false

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
