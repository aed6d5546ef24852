import Database from 'better-sqlite3'
import type { Connection as OurConnection } from '../../../src/workers/connection/connection.js'
import { withSecondVersion } from '../../support/synthetic-version.js'

/**
 * Migrates a file by the library's own code and is killed, by itself, before the statement of that number is carried out;
 * says how many there were when it comes to the end.
 */
export interface DeathTask {
  readonly path: string
  /** From 1 on; Infinity does not die, and is null in JSON. */
  readonly dieBefore: number | null
  /** Leaves out BEGIN and COMMIT: the control. */
  readonly withoutTransaction: boolean
}

interface LoadedCode {
  Connection: typeof OurConnection
  migrate(connection: OurConnection, path: string, steps: readonly string[]): void
}
const load = (path: string): Promise<LoadedCode> =>
  import(new URL(`../../../../build/src/workers/${path}`, import.meta.url).href)
const { Connection } = await load('connection/connection.js')
const { migrate } = await load('schema/migrate.js')

class WithoutTransaction extends Connection {
  override exec(sql: string): void {
    if (sql !== 'BEGIN IMMEDIATE' && sql !== 'COMMIT') super.exec(sql)
  }
}

const { path, dieBefore, withoutTransaction }: DeathTask = JSON.parse(process.argv[2] ?? '')
let statements = 0
const countAndDie = (): void => {
  statements += 1
  if (statements === dieBefore) process.kill(process.pid, 'SIGKILL')
}
const database = new Database(path, { verbose: countAndDie })
const connection = withoutTransaction ? new WithoutTransaction(database) : new Connection(database)
connection.defineChecksums()
migrate(connection, path, withSecondVersion)
process.stdout.write(String(statements))
