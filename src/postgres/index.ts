import type { ChangePlace } from '../protocol/change-cursor.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { VerifyReport } from '../protocol/verify.js'
import { connect, type ConnectSettings } from './connection/connect.js'
import { toError } from './connection/errors.js'
import { warnOfPooler } from './connection/warn-of-pooler.js'
import { outcomeOf } from './connection/outcome.js'
import { Session } from './connection/session.js'
import { Readers, type ToJson } from './readers.js'
import { addDirections } from './schema/add-directions.js'
import { migrate } from './schema/migrate.js'
import { directionsOf } from './tables/directions.js'
import { keepHistory } from './tables/message-versions.js'
import { verifyEngine, type VerifyEngineOptions } from './verify.js'
import { DirectionFiller } from './vectors/direction-filler.js'
import { Writer } from './writer.js'
import { WordIndexer } from './words/word-indexer.js'
import { WriterConnection } from './writer/writer-connection.js'

export { KeyTable, type KeptKey } from './key-table.js'
export { takeLock } from './lock.js'
export { verifyEngine }

/** Compares what can drift, and names the database as it may be shown. */
export type RunVerification = (path: string, options: VerifyEngineOptions) => Promise<VerifyReport>

export interface EngineSettings {
  readonly url: string
  readonly create: boolean
  readonly readOnly: boolean
  readonly readers: number
  readonly busyTimeoutMs: number
  readonly readTimeoutMs: number
  readonly keepHistory?: boolean | undefined
  /** Is told where the changes end, after each commit of this process's. */
  readonly onCommit: (place: ChangePlace) => void
  /** Whether words are indexed by this process, and may be searched. */
  readonly search: boolean
  /** A result's JSON in UTF-8. */
  readonly toJson: ToJson
}

interface Measured {
  /** How many bytes the server has of it. */
  readonly bytes: number
  readonly hasDirections: boolean
}

/** A database of a PostgreSQL server's, as the lanes use it. */
export interface Engine {
  readonly readers: Readers
  readonly writer: Writer
  readonly leaseReaders: Readers
  readonly verify: RunVerification
  measure(): Promise<Measured>
  close(): Promise<void>
}

const selectBytes = `SELECT pg_database_size(current_database()) AS bytes`

/** @throws CANNOT_OPEN, NOT_FOUND, OLDER_SCHEMA, NEWER_SCHEMA */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const reading: ConnectSettings = {
    url: settings.url,
    statementTimeoutMs: settings.readTimeoutMs,
    lockTimeoutMs: settings.busyTimeoutMs,
    search: settings.search,
  }
  const writing = { ...reading, statementTimeoutMs: 0 }
  const connection = new WriterConnection(writing, settings.onCommit)
  const release = connection.hold()
  let isLeftUndone = false
  try {
    const client = await connection.client()
    await warnOfPooler(client)
    await migrate(client, settings)
    isLeftUndone = !settings.readOnly && (await addDirections(client))
    if (settings.keepHistory !== undefined && !settings.readOnly)
      await keepHistory(new Session(client), settings.keepHistory)
  } catch (error) {
    await connection.close()
    const { code, message, details, cause } = toError(error)
    throw new ConvoDbError(code === 'UNREACHABLE' ? 'CANNOT_OPEN' : code, message, details, { cause })
  }
  release()
  const readers = new Readers(reading, settings.readers, settings.toJson)
  const leaseReaders = new Readers(reading, settings.readers, settings.toJson)
  const indexer = settings.search && !settings.readOnly ? new WordIndexer(writing) : undefined
  const filler = isLeftUndone ? new DirectionFiller(writing) : undefined
  return {
    readers,
    writer: new Writer(connection, writing, settings.onCommit, () => indexer?.wake()),
    leaseReaders,
    verify: (path, options) => verifyEngine(reading, path, options),
    async measure() {
      const client = await connect(reading)
      const session = new Session(client)
      const outcome = await outcomeOf(async () => ({
        bytes: (await session.get<{ bytes: number }>(selectBytes))?.bytes ?? 0,
        hasDirections: (await directionsOf(session)) === 'usable',
      }))
      await client.end()
      return outcome.ok ? outcome.value : { bytes: 0, hasDirections: false }
    },
    async close() {
      await Promise.all([
        readers.close(),
        leaseReaders.close(),
        connection.close(),
        indexer?.close(),
        filler?.close(),
      ])
    },
  }
}
