import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { connectPort } from 'convodb'
import { writeAndNote } from './followed-writer.js'
import { followAll, type FollowCounts } from './followers.js'

/** A thread with a port that writes, and follows what all write. */
const { port, name, steps, start }: { port: MessagePort; name: string; steps: number; start: string } =
  workerData
const db = await connectPort(port)
const counts: FollowCounts = { reconnections: 0, codes: {} }
const following = followAll(db, start, counts)
parentPort?.postMessage({ deeds: await writeAndNote(db, name, steps) })
parentPort?.postMessage({ seen: await following, counts })
await db.close()
