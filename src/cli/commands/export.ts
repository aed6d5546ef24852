import { Command, Option } from 'commander'
import type { Channel, DatabaseManager } from '../../main/index.js'
import { allChannels, exportLines, type ExportKind } from '../export/lines.js'
import { writeToFile, writeToStdout } from '../export/output.js'
import { findChannel } from '../find-channel.js'
import { openToRead } from '../open-to-read.js'
import { listenForInterrupt } from '../interrupt.js'

interface Options {
  readonly db: string
  readonly kind: ExportKind
  readonly channel?: string
  readonly out: string
  readonly force: boolean
}

/** `convodb export --db chat.db`: writes a database's rows as NDJSON, which `convodb import` takes. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write messages, channels or segments as NDJSON that can be imported again')
    .requiredOption('--db <file>', 'the database')
    .addOption(
      new Option('--kind <kind>', 'what to write')
        .choices(['messages', 'channels', 'segments'])
        .default('messages'),
    )
    .option('--channel <id>', 'of this channel alone')
    .option('--out <file>', 'where to; packed when the name ends in .gz; - is standard output', '-')
    .option('--force', 'replace the file that is there', false)
    .addHelpText('after', help)
    .action(runExport)
}

const help = `
Not in an export: display names and metadata of users, profiles, embeddings, and who was forgotten.
"convodb backup" copies all of a database.`

async function runExport({ db: path, kind, channel, out, force }: Options): Promise<void> {
  const interrupt = listenForInterrupt(() => undefined)
  await using db = await openToRead(path, 2)
  const texts = exportLines(db, kind, channel === undefined ? allChannels(db) : oneChannel(db, channel))
  try {
    if (out === '-') await writeToStdout(texts, interrupt.signal)
    else await writeToFile(texts, out, interrupt.signal, force)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    process.exitCode = interrupt.exitCode()
  }
}

async function* oneChannel(db: DatabaseManager, channelId: string): AsyncGenerator<Channel> {
  yield await findChannel(db, channelId)
}
