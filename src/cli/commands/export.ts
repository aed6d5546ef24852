import { Command, Option } from 'commander'
import type { Channel, DatabaseManager } from '../../main/index.js'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { once, toTime } from '../arguments.js'
import { assertNotOwn } from '../assert-not-own.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { exportEverything } from '../export/everything.js'
import { allChannels, exportPages, type RowKind } from '../export/rows.js'
import { toNdjson } from '../export/ndjson.js'
import { writeToFile, writeToStdout } from '../export/output.js'
import { findChannel } from '../open-to-read.js'
import { listenForInterrupt } from '../interrupt.js'

interface Options {
  readonly format: 'ndjson' | 'csv' | 'parquet'
  readonly kind: RowKind | 'all'
  readonly channel?: string
  readonly since?: number
  readonly out: string
  readonly force: boolean
}

/** `convodb export --db chat.db`: writes what is in a database as NDJSON, of which `convodb import` makes an equal one, or as tables. */
export function exportCommand(): Command {
  const command = new Command('export').description(
    'write everything in a database as NDJSON that can be imported again, or rows of a kind as CSV or Parquet',
  )
  return addPlaceOptions(command)
    .addOption(
      new Option('--format <format>', 'csv and parquet are tables, for notebooks and the like')
        .choices(['ndjson', 'csv', 'parquet'])
        .default('ndjson'),
    )
    .addOption(
      new Option('--kind <kind>', 'all: everything, in lines that say their kind; or rows of one kind alone')
        .choices(['messages', 'channels', 'segments', 'all'])
        .default('all', 'all; of tables messages'),
    )
    .option('--channel <id>', 'of this channel alone, without users and profiles, which belong to none', once)
    .option(
      '--since <time>',
      'only what was said or edited then or later: ISO 8601 or epoch milliseconds',
      toTime,
    )
    .option('--out <file>', 'where to; packed when the name ends in .gz; - is standard output', '-')
    .option('--force', 'replace the file that is there', false)
    .addHelpText('after', help)
    .action(runExport)
}

const help = `
Examples:
  $ convodb export --db chat.db --out everything.ndjson.gz
  $ convodb export --db chat.db --since 2026-01-01 | convodb import - --db copy.db
  $ convodb export --db chat.db --channel general --format parquet --out general.parquet

All of a database is: who was forgotten (a hash of each id), embedding models, channels, users with their display names
and metadata, messages, their former texts and the reactions to them, what users did, profiles, segments with their
members, embeddings; "convodb import" makes an equal database of it. --kind messages, channels and segments write
those alone, and without users and all else. What --since leaves out has to be where it is imported.

The database may be in use. Messages and segments that come during the export are left out; what is changed or deleted
meanwhile may be in it as it was before or as it is after. "convodb backup" makes a copy of one moment.
Exit codes: 0 all is written; 1 it failed; 2 wrong usage; 130 interrupted.`

async function runExport(options: Options, command: Command): Promise<void> {
  const { channel, out, force } = options
  const isTable = options.format !== 'ndjson'
  const isAll = options.kind === 'all'
  if (isTable && isAll && command.getOptionValueSource('kind') === 'cli') {
    command.error('error: a table has rows of one kind: give --kind messages, channels or segments')
  }
  if (options.format === 'parquet' && out === '-' && process.stdout.isTTY) {
    command.error('error: Parquet is nothing for a terminal: give --out <file>')
  }
  if (out === '') command.error('error: --out is empty; give it a file, or - for standard output')
  const place = placeOf(command)
  if (out !== '-' && 'db' in place && !isPostgresUrl(place.db)) await assertNotOwn(place.db, out, 'out')
  const interrupt = listenForInterrupt(() => undefined)
  await using db = await openPlaceToRead(place, 2)
  if (channel !== undefined) await findChannel(db, channel)
  const parts = await partsOf(db, options)
  try {
    if (out === '-') await writeToStdout(parts, interrupt.signal)
    else await writeToFile(parts, out, interrupt.signal, force)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    process.exitCode = interrupt.exitCode()
  }
}

async function partsOf(
  db: DatabaseManager,
  { format, kind, channel, since }: Options,
): Promise<AsyncIterable<string | Uint8Array>> {
  if (format === 'ndjson' && kind === 'all') return exportEverything(db, channel, since)
  const rowKind = kind === 'all' ? 'messages' : kind
  const pages = exportPages(db, { kind: rowKind, channels: channelsOf(db, channel), since })
  if (format === 'ndjson') return toNdjson(pages)
  // Libraries that only some exports need.
  if (format === 'csv') return (await import('../export/csv.js')).toCsv(pages, rowKind)
  return (await import('../export/parquet.js')).toParquet(pages, rowKind)
}

const channelsOf = (db: DatabaseManager, channelId: string | undefined): AsyncIterable<Channel> =>
  channelId === undefined ? allChannels(db) : oneChannel(db, channelId)

async function* oneChannel(db: DatabaseManager, channelId: string): AsyncGenerator<Channel> {
  yield await findChannel(db, channelId)
}
