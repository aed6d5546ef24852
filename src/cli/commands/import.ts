import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { DatabaseManager } from '../../main/index.js'
import { formatNames, type FormatName } from '../../importers/formats/format.js'
import { importFiles, type ImportReport } from '../../importers/import-files.js'
import type { ImportOptions } from '../../importers/import-run.js'
import type { TimeUnit } from '../../importers/time-fields.js'
import { printFailure } from '../failure.js'
import { addPlaceOptions, openPlace, placeOf, type Place } from '../connection.js'
import { createBadLinePrinter } from '../import/bad-lines.js'
import { findAllInputs, type AllInputs } from '../import/inputs.js'
import { createProgressDisplay } from '../import/progress.js'
import { describeImport } from '../import/summary.js'
import { listenForInterrupt } from '../interrupt.js'
import { formatNumberOf, printable } from '../format.js'

interface Options {
  readonly channels: readonly string[]
  readonly segments: readonly string[]
  readonly format?: FormatName
  readonly dryRun: boolean
  readonly strict: boolean
  readonly times: TimeUnit
  readonly json: boolean
}

const more = (path: string, paths: readonly string[]): string[] => [...paths, path]

/** `convodb import FILE... --db chat.db`: puts chats of other programs, or of an export, into a database. */
export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'put chats of other programs, NDJSON or an export into a database; what is there already is updated, so that it is safe to run again',
    )
    .argument('[file...]', 'files, folders or zip archives; gzip is unpacked; - is standard input')
  addPlaceOptions(command, 'the database, which is created when missing')
    .addOption(
      new Option('--format <name>', 'what the files are (default: found out from each)').choices(formatNames),
    )
    .option('--channels <file>', 'NDJSON of channels, which go in first; may be given again', more, [])
    .option('--segments <file>', 'NDJSON of segments, which go in last; may be given again', more, [])
    .option('--dry-run', 'read and check everything, and store nothing', false)
    .option('--strict', 'stop at the first bad line or damaged file', false)
    .addOption(
      new Option('--times <unit>', 'what numbers in fields of time count, in NDJSON')
        .choices(['milliseconds', 'seconds'])
        .default('milliseconds'),
    )
    .option('--json', 'the report as JSON', false)
    .addHelpText('after', help)
    .action(runImport)
  return command
}

const help = `
Examples:
  $ convodb import general.json --db chat.db             # of DiscordChatExporter
  $ convodb import slack-export.zip --db chat.db --dry-run
  $ zcat messages.ndjson.gz | convodb import - --db chat.db

docs/importing.md tells of each format, and under which names it is kept. A line of NDJSON is a JSON object; its fields are
in camelCase or snake_case:
  message   messageId, channelId, userId, content, timestamp; messageType, replyToMessageId, editedAt, metadata
  channel   channelId; name, createdAt, metadata
  segment   segmentId, channelId, startTime, endTime; messageIds or messages, summary, coherenceScore,
            activityLevel, vector, metadata
Other fields are kept in the metadata, whole numbers beyond 2^53 as text. Times are ISO 8601 (UTC where they name no
zone) or epoch milliseconds; --times seconds reads numbers as seconds.

A line of "convodb export" says its kind ("kind":"user"), and lines of all kinds may come in one file, in any order but
for this: members of segments and embeddings follow the messages and segments that they name, and what users did
("kind":"activity") follows all they wrote. An export is in such an order, and so are several, one after the other.

What is bad is named by file, line and reason, and the rest goes in; lines of users who were forgotten are ignored.
Exit codes: 0 all is in; 1 some lines or files were refused or are damaged; 2 wrong usage; 130 interrupted.`

async function runImport(files: readonly string[], options: Options, command: Command): Promise<void> {
  const { channels, segments } = options
  const paths = [...channels, ...files, ...segments]
  if (paths.length === 0) command.error('error: give a FILE to import, or --channels or --segments')
  if (paths.filter((path) => path === '-').length > 1) command.error('error: - can be given once only')
  // What stores nothing needs no database.
  const place = options.dryRun ? undefined : placeOf(command)
  const all = await findAllInputs({ files, channels, segments }, options.format)
  try {
    process.exitCode = await importInto(place, options, all)
  } finally {
    all.close()
  }
}

/** Imports, prints what happened, and returns the exit code. */
async function importInto(
  place: Place | undefined,
  { strict, times, dryRun, json }: Options,
  { inputs, sources, unknownFiles }: AllInputs,
): Promise<number> {
  const startedAtMs = performance.now()
  const display = createProgressDisplay(sources)
  const interrupt = listenForInterrupt(() => display.print('Stopping; press Ctrl-C again to stop at once.'))
  const badLines = createBadLinePrinter(display.print)
  describeUnknown(unknownFiles, display.print)
  const options: ImportOptions = {
    strict,
    times,
    dryRun,
    signal: interrupt.signal,
    onProgress: display.update,
    onBadLine: badLines.add,
    onSeconds: (file, value) => display.print(printable(describeSeconds(file, value))),
    onProblem: (problem) => display.print(`convodb: ${printable(problem)}`),
  }
  let report: ImportReport
  try {
    report = await openAndImport(place, inputs, options)
  } finally {
    display.stop()
  }
  badLines.finish()
  const seconds = (performance.now() - startedAtMs) / 1000
  process.stdout.write(json ? toJson(report, unknownFiles) : `${describeImport(report, seconds, dryRun)}\n`)
  return conclude(report, strict, interrupt.exitCode())
}

function toJson({ files, failure: _failure, ...sum }: ImportReport, unknownFiles: readonly string[]): string {
  return `${JSON.stringify({ ...sum, files, unknownFiles })}\n`
}

function describeUnknown(files: readonly string[], print: (line: string) => void): void {
  if (files.length === 0) return
  const some = files.slice(0, 3).map(printable).join(', ')
  print(
    `passed over ${formatNumberOf(files.length, 'file')} of no format that is known: ${some}${files.length > 3 ? ', ...' : ''}`,
  )
}

async function openAndImport(
  place: Place | undefined,
  inputs: AllInputs['inputs'],
  options: ImportOptions,
): Promise<ImportReport> {
  if (place === undefined)
    return importFiles(() => Promise.reject(new Error('A dry run stores nothing')), inputs, options)
  let opening: Promise<DatabaseManager> | undefined
  // A database that is not there yet is made for the first line that is good.
  const open = (): Promise<DatabaseManager> => (opening ??= openPlace(place, { create: true }))
  if ('db' in place && existsSync(place.db)) await open()
  const report = await importFiles(open, inputs, options)
  try {
    await (await opening?.catch(() => undefined))?.close()
    return report
  } catch (error) {
    // What went in is in: a full disk that keeps the log from being folded in must not hide the report.
    return { ...report, failure: report.failure ?? error }
  }
}

const describeSeconds = (file: string, value: number): string =>
  `${file}: times such as ${value} look like seconds and are read as milliseconds (${new Date(value).toISOString()}); --times seconds reads them as seconds`

function conclude(report: ImportReport, strict: boolean, interrupted: number | undefined): number {
  const { failure, badLines, problems } = report
  const isRefused = badLines + problems > 0
  if (failure !== undefined) printFailure(failure)
  if (failure !== undefined || interrupted !== undefined || (strict && isRefused)) {
    process.stderr.write('Stopped early. What went in is durable; it is safe to run the same import again.\n')
  }
  if (failure !== undefined) return 1
  return interrupted ?? (isRefused ? 1 : 0)
}
