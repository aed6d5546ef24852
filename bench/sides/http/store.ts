import { connect } from 'convodb'
import { inParallel } from '../../measure/in-parallel.js'
import { createRows } from '../../rows.js'
import { assertStored } from '../engine.js'
import { pathIn } from '../convodb.js'
import type { Side } from '../side.js'
import { ServerProcess } from './server-process.js'

/** One call a message through the client of a server in another process. */
export const storeOverHttp: Side = async (input) => {
  const rows = createRows(input.rows)
  const server = await ServerProcess.start('convodb', pathIn(input.folder), input.readers)
  const db = connect(server.url, { apiKey: server.authorization.replace('Bearer ', '') })
  const report = await inParallel(rows, input.concurrency, (row) => db.storeMessage(row))
  assertStored(await db.countMessages(), rows.length)
  const { engine } = server
  await db.close()
  await server.close()
  return { items: rows.length, ...report, engine }
}
