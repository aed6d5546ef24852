import { inParallel } from '../measure/in-parallel.js'
import { importPeer, peerVersion } from '../peers-folder.js'
import { assertStored, describeEngine } from './engine.js'
import type { Side } from './side.js'
import { createTextKeyFile, textKeyValues } from './text-key-file.js'
import { insertTextKeyMessage } from './text-key-schema.js'

interface Client {
  execute(statement: string | { readonly sql: string; readonly args: string[] }): Promise<{
    readonly rows: readonly { readonly [column: number]: unknown }[]
  }>
  close(): void
}

interface LibsqlClient {
  createClient(options: { readonly url: string; readonly concurrency: number }): Client
}

/** @libsql/client on a local file: one insert a message, each its own durable commit. */
export const libsql: Side = async (input) => {
  const { path, rows } = createTextKeyFile(input)
  const { createClient } = await importPeer<LibsqlClient>('@libsql/client')
  const client = createClient({ url: `file:${path}`, concurrency: input.concurrency })
  const ask = async (sql: string): Promise<unknown> => (await client.execute(sql)).rows[0]?.[0]
  for (const pragma of ['synchronous = FULL', 'foreign_keys = ON', 'wal_autocheckpoint = 16000']) {
    await client.execute(`PRAGMA ${pragma}`)
  }
  const report = await inParallel(rows, input.concurrency, (row) =>
    client.execute({ sql: insertTextKeyMessage, args: textKeyValues(row) }),
  )
  assertStored(await ask('SELECT count(*) FROM messages'), rows.length)
  const engine = describeEngine({
    library: `@libsql/client ${peerVersion('@libsql/client')}`,
    sqliteVersion: await ask('SELECT sqlite_version()'),
    journalMode: await ask('PRAGMA journal_mode'),
    synchronous: await ask('PRAGMA synchronous'),
  })
  client.close()
  return { items: rows.length, ...report, engine }
}
