import type pg from 'pg'
import type { ChangePlace } from '../protocol/change-cursor.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { VerifyReport } from '../protocol/verify.js'
import { connect, disconnect, useCluster, type ConnectSettings } from './connection/connect.js'
import { toOpeningError } from './connection/errors.js'
import { warnOfPooler } from './connection/warn-of-pooler.js'
import { outcomeOf } from './connection/outcome.js'
import { Session } from './connection/session.js'
import { tellFurthest } from './furthest-place.js'
import { LostNodes } from './lost-nodes.js'
import { Readers, type ToJson } from './readers.js'
import { addDirections } from './schema/add-directions.js'
import { readShape, type ClusterShape } from './schema/distribute.js'
import { migrate } from './schema/migrate.js'
import { directionsOf } from './tables/directions.js'
import { readBytes } from './tables/maintenance.js'
import { keepHistory } from './tables/message-versions.js'
import { verifyEngine, type VerifyEngineOptions } from './verify.js'
import { DirectionFiller } from './vectors/direction-filler.js'
import { Writer } from './writer.js'
import { WordIndexer } from './words/word-indexer.js'
import { WriterLanes } from './writer/lanes.js'
import { WriterConnection } from './writer/writer-connection.js'
import { writersOfUrl } from './writers-of-url.js'

export { KeyTable, type KeptKey } from './key-table.js'
export { takeLock } from './lock.js'
export { initializeScale } from './schema/scale-init.js'
export type { ScaleInitReport } from './schema/scale-init.js'
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
  readonly cluster: ClusterShape | undefined
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

interface Prepared {
  /** Open, for whoever writes. */
  readonly client: pg.Client
  readonly isDivided: boolean
  /** Whether pgvector may lack some vectors. */
  readonly isLeftUndone: boolean
}

/** Makes the database ready for use. @throws CANNOT_OPEN, NOT_FOUND, OLDER_SCHEMA, NEWER_SCHEMA, UNSUPPORTED */
async function prepare(writing: ConnectSettings, settings: EngineSettings): Promise<Prepared> {
  let client: pg.Client | undefined
  try {
    client = await connect(writing)
    await warnOfPooler(client)
    await migrate(client, settings)
    const isDivided = (await readShape(client)) !== undefined
    if (isDivided) await useCluster(client, writing)
    const isLeftUndone = !settings.readOnly && (await addDirections(client))
    if (settings.keepHistory !== undefined && !settings.readOnly)
      await keepHistory(new Session(client), settings.keepHistory)
    return { client, isDivided, isLeftUndone }
  } catch (error) {
    if (client !== undefined) await disconnect(client)
    const { code, message, details, cause } = toOpeningError(error)
    throw new ConvoDbError(code === 'UNREACHABLE' ? 'CANNOT_OPEN' : code, message, details, { cause })
  }
}

/** What can not be had is zero. */
async function measure(reading: ConnectSettings): Promise<Measured> {
  const client = await connect(reading)
  const session = new Session(client)
  const outcome = await outcomeOf(async () => ({
    bytes: await readBytes(session),
    hasDirections: (await directionsOf(session)) === 'usable',
    cluster: await readShape(client),
  }))
  await client.end()
  return outcome.ok ? outcome.value : { bytes: 0, hasDirections: false, cluster: undefined }
}

/** @throws CANNOT_OPEN, NOT_FOUND, OLDER_SCHEMA, NEWER_SCHEMA, UNSUPPORTED where Citus refuses to divide a new database */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const connecting: ConnectSettings = {
    url: settings.url,
    statementTimeoutMs: settings.readTimeoutMs,
    // No time is as little as there is; 0 would be for ever.
    lockTimeoutMs: Math.max(1, settings.busyTimeoutMs),
    search: settings.search,
  }
  const writers = writersOfUrl(settings.url)
  const { client, isDivided, isLeftUndone } = await prepare(
    { ...connecting, statementTimeoutMs: 0 },
    settings,
  )
  const reading = { ...connecting, isDivided }
  const writing = { ...reading, statementTimeoutMs: 0 }
  const lostNodes = new LostNodes()
  const onCommit = tellFurthest(settings.onCommit)
  const first = new WriterConnection(writing, lostNodes, onCommit, client)
  const others = Array.from({ length: writers - 1 }, () => new WriterConnection(writing, lostNodes, onCommit))
  const lanes = new WriterLanes(first, others)
  const readers = new Readers(reading, lostNodes, settings.readers, settings.toJson)
  const leaseReaders = new Readers(reading, lostNodes, settings.readers, settings.toJson)
  const indexer = settings.search && !settings.readOnly ? new WordIndexer(writing) : undefined
  const filler = isLeftUndone ? new DirectionFiller(writing) : undefined
  return {
    readers,
    writer: new Writer(lanes, writing, onCommit, () => indexer?.wake()),
    leaseReaders,
    verify: (path, options) => verifyEngine(reading, path, options),
    measure: () => measure(reading),
    async close() {
      await Promise.all([
        readers.close(),
        leaseReaders.close(),
        lanes.close(),
        indexer?.close(),
        filler?.close(),
      ])
    },
  }
}
