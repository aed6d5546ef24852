import { openSync, readFileSync, writeSync } from 'node:fs'
import { openDatabase } from 'convodb'
import { readNotes } from './repeat-notes.js'
import { findWrong } from './repeatable-request.js'

/**
 * Makes keyed requests until somebody kills it; first of all those again that earlier processes had begun and got no answer to,
 * and some that were answered. It notes each request before it is made (`b`), and how it was answered: right (`e`) or wrong (`w`).
 */
const [path = '', notesPath = '', run = ''] = process.argv.slice(2)
const notes = openSync(notesPath, 'a')
const inFlight = 32
const repeatedAnswers = 50

/** Into a file, at once: what waits for the event loop would be lost with the process. */
const say = (line: string): number => writeSync(notes, `${line}\n`)

const db = await openDatabase(path, { readers: 1, walAutocheckpointPages: 200 })

async function request(key: string): Promise<void> {
  const wrong = await findWrong(db, key)
  say(wrong === undefined ? `e ${key}` : `w ${key} ${wrong}`)
}

const { unanswered, answered } = readNotes(readFileSync(notesPath, 'utf8'))
await Promise.all([...unanswered, ...answered.slice(-repeatedAnswers)].map(request))

async function requestForEver(worker: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const key = `${run}-${worker}-${n}`
    say(`b ${key}`)
    await request(key)
    if (n === 0) process.stdout.write('answered')
  }
}
await Promise.all(Array.from({ length: inFlight }, (_, worker) => requestForEver(worker)))
