import { Command, Option } from 'commander'
import type { Channel, DatabaseManager } from '../../main/index.js'
import { exportEverything } from '../export/everything.js'
import { allChannels, exportLines, type RowKind } from '../export/lines.js'
import { writeToFile, writeToStdout } from '../export/output.js'
import { findChannel } from '../open-to-read.js'
import { openToRead } from '../open-to-read.js'
import { listenForInterrupt } from '../interrupt.js'

interface Options {
  readonly db: string
  readonly kind: RowKind | 'all'
  readonly channel?: string
  readonly out: string
  readonly force: boolean
}

/** `convodb export --db chat.db`: writes what is in a database as NDJSON, of which `convodb import` makes an equal one. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write everything in a database as NDJSON that can be imported again')
    .requiredOption('--db <file>', 'the database')
    .addOption(
      new Option('--kind <kind>', 'all: everything, in lines that say their kind; or rows of one kind alone')
        .choices(['messages', 'channels', 'segments', 'all'])
        .default('all'),
    )
    .option('--channel <id>', 'of this channel alone, without users and profiles, which belong to none')
    .option('--out <file>', 'where to; packed when the name ends in .gz; - is standard output', '-')
    .option('--force', 'replace the file that is there', false)
    .addHelpText('after', help)
    .action(runExport)
}

const help = `
All of a database is: who was forgotten (a hash of each id), embedding models, channels, users with their display names
and metadata, messages, their former texts and the reactions to them, what users did, profiles, segments with their
members, embeddings; "convodb import" makes an equal database of it. --kind messages, channels and segments write
those alone, and without users and all else.

The database may be in use. Messages and segments that come during the export are left out; what is changed or deleted
meanwhile may be in it as it was before or as it is after. "convodb backup" makes a copy of one moment.`

async function runExport({ db: path, kind, channel, out, force }: Options): Promise<void> {
  const interrupt = listenForInterrupt(() => undefined)
  await using db = await openToRead(path, 2)
  if (channel !== undefined) await findChannel(db, channel)
  const texts =
    kind === 'all' ? exportEverything(db, channel) : exportLines(db, kind, channelsOf(db, channel))
  try {
    if (out === '-') await writeToStdout(texts, interrupt.signal)
    else await writeToFile(texts, out, interrupt.signal, force)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    process.exitCode = interrupt.exitCode()
  }
}

const channelsOf = (db: DatabaseManager, channelId: string | undefined): AsyncIterable<Channel> =>
  channelId === undefined ? allChannels(db) : oneChannel(db, channelId)

async function* oneChannel(db: DatabaseManager, channelId: string): AsyncGenerator<Channel> {
  yield await findChannel(db, channelId)
}
