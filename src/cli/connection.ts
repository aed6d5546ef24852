import { Option, type Command } from 'commander'
import type { DatabaseManager } from '../main/index.js'
import { isPostgresUrl } from '../main/postgres-url.js'
import { openToRead } from './open-to-read.js'

/** Where a command finds its database: a file, PostgreSQL, or a server that `convodb serve` started. */
export type Place = { readonly db: string } | { readonly url: string; readonly apiKey: string }

/** Somebody waits before the terminal: half a minute, as of programs, would look like a command that hangs. */
const retryForMs = 5_000

/**
 * Gives a command `--db`, `--url` and `--api-key`; each may stand in the environment, too.
 *
 * @param database what is said of `--db`.
 */
export function addPlaceOptions(command: Command, database = 'the database'): Command {
  return command
    .addOption(databaseOption(database))
    .addOption(urlOption())
    .addOption(
      new Option(
        '--api-key <key>',
        "the server's key; other users of this machine can see a flag, and not the environment",
      ).env('CONVODB_API_KEY'),
    )
}

/** Gives a command that has to be where the database is `--db` alone. */
export function addDatabaseOption(command: Command, database = 'the database'): Command {
  return command.addOption(databaseOption(database)).addOption(urlOption().hideHelp())
}

/** Gives a command that is about files `--db` for them. */
export function addFileOption(command: Command, description: string): Command {
  const option = new Option('--db <file>', description).env('CONVODB_DB')
  return command.addOption(option).addOption(urlOption().hideHelp())
}

const databaseOption = (description: string): Option =>
  new Option('--db <file or URL>', `${description}: a file, or postgres://...`).env('CONVODB_DB')

const urlOption = (): Option =>
  new Option('--url <url>', 'a server, such as http://127.0.0.1:7410').env('CONVODB_URL')

/** What was said of one of them, and whether a flag said it. */
interface Said {
  readonly value: string
  readonly isFlag: boolean
}

function said(command: Command, name: 'db' | 'url' | 'apiKey'): Said | undefined {
  const value: unknown = command.getOptionValue(name)
  const isFlag = command.getOptionValueSource(name) === 'cli'
  return typeof value === 'string' && (isFlag || value !== '') ? { value, isFlag } : undefined
}

/**
 * Where the database is, as flags or else the environment say. Ends the command as wrongly used when they say nothing, or two things.
 */
export function placeOf(command: Command): Place {
  const db = said(command, 'db')
  const url = said(command, 'url')
  const apiKey = said(command, 'apiKey')
  if (db !== undefined && url !== undefined && db.isFlag === url.isFlag) {
    return command.error(
      db.isFlag
        ? 'error: give either --db or --url'
        : 'error: CONVODB_DB and CONVODB_URL are both set: unset one, or give --db or --url',
    )
  }
  if (url !== undefined && (db === undefined || url.isFlag)) {
    return { url: readServerUrl(command, url), apiKey: readKey(command, apiKey) }
  }
  if (apiKey?.isFlag === true) command.error('error: --api-key goes with --url')
  if (db !== undefined) return { db: readDatabase(command, db) }
  return command.error('error: give --db <file> or --url <server>; also CONVODB_DB, CONVODB_URL')
}

/**
 * As `placeOf`, for a command that can not reach the database over HTTP.
 *
 * @param instead what to do where it is a server's.
 */
export function databaseOf(command: Command, instead: string): string {
  const db = said(command, 'db')
  const url = said(command, 'url')
  if (url?.isFlag === true || (url !== undefined && db === undefined)) {
    const source = url.isFlag ? '--url' : 'CONVODB_URL'
    command.error(
      `error: ${calledAs(command)} works where the database is, not over HTTP (${source}): ${instead}`,
    )
  }
  return db === undefined
    ? command.error('error: give --db <file>; also CONVODB_DB')
    : readDatabase(command, db)
}

/** As it was written behind `convodb`: `list` alone could be another command's. */
function calledAs(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${calledAs(parent)} ${command.name()}` : command.name()
}

/** As `databaseOf`, for a command that is about files. */
export function fileOf(command: Command, instead: string): string {
  const db = databaseOf(command, instead)
  if (!isPostgresUrl(db)) return db
  return command.error(
    `error: ${command.name()} is for files; pg_dump and pg_restore copy a PostgreSQL database`,
  )
}

/** Said of what programs open to try something: it would have nothing in it, and whatever a command put there would be lost. */
export const goneAtTheEnd = "':memory:' is gone when this command ends; give it a file"

/** Whether it is no place of a database, but what `--url` takes. */
export const isServerUrl = (place: string): boolean => /^https?:\/\//i.test(place)

function readDatabase(command: Command, { value, isFlag }: Said): string {
  if (value === '') return command.error('error: --db is empty; give it a file')
  if (value === ':memory:') return command.error(`error: --db: ${goneAtTheEnd}`)
  if (!isServerUrl(value)) return value
  const instead = isFlag ? 'give it with --url' : 'set CONVODB_URL in place of CONVODB_DB'
  return command.error(`error: --db is for files and postgres://; ${value} is a server's: ${instead}`)
}

/** Looked at where it counts alone: a flag goes before the environment, whatever that holds. */
function readServerUrl(command: Command, { value, isFlag }: Said): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return value
  const source = isFlag ? '--url' : 'CONVODB_URL'
  return command.error(
    `error: ${source} must be http:// or https://, and is '${value}'; files and postgres:// go with --db`,
  )
}

/** A key that is wrong is not shown. */
function readKey(command: Command, apiKey: Said | undefined): string {
  if (apiKey === undefined) return command.error('error: a server wants a key: set CONVODB_API_KEY')
  if (/^[\x21-\x7e]{1,512}$/.test(apiKey.value)) return apiKey.value
  const source = apiKey.isFlag ? '--api-key' : 'CONVODB_API_KEY'
  return command.error(`error: ${source} is not a key that "convodb keys create" showed`)
}

/** Opens a place to look at what is there; see `openToRead`. */
export async function openPlaceToRead(place: Place, readers = 0): Promise<DatabaseManager> {
  return 'db' in place ? openToRead(place.db, readers) : connectTo(place)
}

/**
 * Opens a place to change what is there.
 *
 * @param options `create`: whether a file that is not there is made; default false.
 */
export async function openPlace(place: Place, { create = false } = {}): Promise<DatabaseManager> {
  if (!('db' in place)) return connectTo(place)
  const { openDatabase } = await import('../main/open-database.js')
  return openDatabase(place.db, { create, readers: 1 })
}

async function connectTo({ url, apiKey }: { url: string; apiKey: string }): Promise<DatabaseManager> {
  const { connect } = await import('../main/connect.js')
  return connect(url, { apiKey, retryForMs })
}
