import { Command, InvalidArgumentError } from 'commander'
import { goneAtTheEnd, isServerUrl } from '../connection.js'
import type { MoveSettings } from '../move/run.js'

/** `convodb move --from chat.db --to postgres://...`: everything from one place to the other, and what comes meanwhile. */
export function moveCommand(): Command {
  return new Command('move')
    .description('move a whole database from a file to PostgreSQL, or back, and compare both')
    .requiredOption(
      '--from <file or URL>',
      'the database that is moved; it is only read, and may be in use',
      toPlace,
    )
    .requiredOption('--to <file or URL>', 'where to: a database that is new or empty', toPlace)
    .option('--follow', 'keep up with what is written until you switch over', false)
    .option(
      '--state <file>',
      'where it keeps how far it is (default: beside the file, "chat.db-move")',
      toFile,
    )
    .option('--json', 'how it goes on as NDJSON', false)
    .addHelpText('after', help)
    .action(async (settings: MoveSettings) => {
      const { runMove } = await import('../move/run.js')
      process.exitCode = await runMove(settings)
    })
}

function toFile(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return text
}

/** Taken for a file, a server would become a folder of its name. */
function toPlace(given: string): string {
  const text = toFile(given)
  if (text === ':memory:') throw new InvalidArgumentError(`${goneAtTheEnd}.`)
  if (!isServerUrl(text)) return text
  throw new InvalidArgumentError(
    'It must be a file or postgres://; move works where the databases are, not over HTTP.',
  )
}

const help = `
Examples:
  $ convodb move --from chat.db --to postgres://app@db/chat
  $ convodb move --from chat.db --to postgres://app@db/chat --follow

Stopped or cut at any moment, the same command goes on from where it was. Nobody else may write to the target until it
says so: what the source has not is taken from it.

With --follow: start it, wait for "Following", press Ctrl-C, wait for "Ready", end the program that writes to the file, wait
for "Switched over", start the program at the new place. Where the source is on PostgreSQL, end all writers before Ctrl-C.

Exit codes: 0 all is moved, and equal; 1 something differs, or it failed; 2 wrong usage; 130 interrupted.`
