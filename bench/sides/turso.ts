import { inParallel } from '../measure/in-parallel.js'
import { importPeer, peerVersion } from '../peers-folder.js'
import { assertStored, describeEngine } from './engine.js'
import type { Side } from './side.js'
import { createTextKeyFile, textKeyValues } from './text-key-file.js'
import { insertTextKeyMessage } from './text-key-schema.js'

interface Statement {
  run(...values: readonly string[]): Promise<unknown>
  get(): Promise<Readonly<Record<string, unknown>> | undefined>
}

interface TursoDatabase {
  exec(sql: string): Promise<unknown>
  prepare(sql: string): Promise<Statement>
  close(): Promise<void>
}

interface Turso {
  connect(path: string): Promise<TursoDatabase>
}

/**
 * Turso's engine: one insert a message, each its own durable commit. A statement of its own for each call in flight: it
 * binds before it waits for its turn, so that calls that share one would store each other's values.
 */
export const turso: Side = async (input) => {
  const { path, rows } = createTextKeyFile(input)
  const { connect } = await importPeer<Turso>('@tursodatabase/database')
  const database = await connect(path)
  const ask = async (sql: string): Promise<unknown> =>
    Object.values((await (await database.prepare(sql)).get()) ?? {})[0]
  for (const pragma of ['synchronous = FULL', 'foreign_keys = ON']) await database.exec(`PRAGMA ${pragma}`)
  const idle: Statement[] = []
  for (let call = 0; call < input.concurrency; call += 1) {
    idle.push(await database.prepare(insertTextKeyMessage))
  }
  const report = await inParallel(rows, input.concurrency, async (row) => {
    const statement = idle.pop()
    if (statement === undefined) throw new Error('There are more calls than statements')
    await statement.run(...textKeyValues(row))
    idle.push(statement)
  })
  assertStored(await ask('SELECT count(*) FROM messages'), rows.length)
  const engine = describeEngine({
    library: `@tursodatabase/database ${peerVersion('@tursodatabase/database')}`,
    sqliteVersion: `${String(await ask('SELECT sqlite_version()'))} as it says`,
    journalMode: await ask('PRAGMA journal_mode'),
    synchronous: await ask('PRAGMA synchronous'),
  })
  await database.close()
  return { items: rows.length, ...report, engine }
}
