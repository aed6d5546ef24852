import { statSync } from 'node:fs'
import { openDatabase } from 'convodb'
import { exhaustDescriptors } from './exhaust-descriptors.js'

/** Stores while the process can open no file, and with that start no thread; prints how long the log grew, in pages. */
const path = process.argv[2] ?? ''
const walAutocheckpointPages = 500
const pageBytes = 4_096

const db = await openDatabase(path, { walAutocheckpointPages, readers: 1 })
const content = 'milk '.repeat(60)
const store = (n: number): Promise<unknown> =>
  db.storeMessage({
    messageId: `m${n}`,
    channelId: `c${n % 40}`,
    userId: `u${n % 90}`,
    content,
    timestamp: n,
  })
for (let n = 0; n < 100; n += 1) await store(n)

const freeDescriptors = exhaustDescriptors()
let longestPages = 0
for (let n = 100; n < 60_000; n += 200) {
  await Promise.all(Array.from({ length: 200 }, (_, index) => store(n + index)))
  longestPages = Math.max(longestPages, statSync(`${path}-wal`).size / pageBytes)
}
freeDescriptors()
await db.close()
process.stdout.write(JSON.stringify({ longestPages, walAutocheckpointPages }))
