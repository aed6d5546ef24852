import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { openDatabase, type DatabaseManager } from '../../main/index.js'
import { importFiles, type ImportFiles, type ImportReport } from '../../importers/import-files.js'
import type { ImportOptions } from '../../importers/import-run.js'
import { findSource, type Source } from '../../importers/source.js'
import type { TimeUnit } from '../../importers/time-fields.js'
import { printFailure } from '../failure.js'
import { createBadLinePrinter } from '../import/bad-lines.js'
import { createProgressDisplay } from '../import/progress.js'
import { describeImport } from '../import/summary.js'
import { listenForInterrupt } from '../interrupt.js'
import { printable } from '../format.js'

interface Options {
  readonly db: string
  readonly channels: readonly string[]
  readonly segments: readonly string[]
  readonly strict: boolean
  readonly times: TimeUnit
}

const more = (path: string, paths: readonly string[]): string[] => [...paths, path]

/** `convodb import FILE... --db chat.db`: puts files of NDJSON into a database. */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'put NDJSON into a database; what is there already is updated, so that it is safe to run again',
    )
    .argument('[file...]', 'messages, or an export: NDJSON, plain or gzip, or - for standard input')
    .requiredOption('--db <file>', 'the database; created when missing')
    .option('--channels <file>', 'channels, which go in first; may be given again', more, [])
    .option('--segments <file>', 'segments, which go in last; may be given again', more, [])
    .option('--strict', 'stop at the first bad line', false)
    .addOption(
      new Option('--times <unit>', 'what numbers in fields of time count')
        .choices(['milliseconds', 'seconds'])
        .default('milliseconds'),
    )
    .addHelpText('after', help)
    .action(runImport)
}

const help = `
Each line is a JSON object; its fields are in camelCase or snake_case:
  message   messageId, channelId, userId, content, timestamp; messageType, replyToMessageId, editedAt, metadata
  channel   channelId; name, createdAt, metadata
  segment   segmentId, channelId, startTime, endTime; messageIds or messages, summary, coherenceScore,
            activityLevel, vector, metadata
Other fields are kept in the metadata, whole numbers beyond 2^53 as text. Times are ISO 8601 (UTC where they name no
zone) or epoch milliseconds; --times seconds reads numbers as seconds.

A line of "convodb export" says its kind ("kind":"user"), and lines of all kinds may come in one file, in any order but
for this: members of segments and embeddings follow the messages and segments that they name, and what users did
("kind":"activity") follows all they wrote. An export is in such an order, and so are several, one after the other.

A bad line is named by file, line and reason, and the rest goes in; lines of users who were forgotten are ignored.
Exit codes: 0 all is in; 1 some lines or files were refused; 2 wrong usage; 130 interrupted.`

async function runImport(messages: readonly string[], options: Options, command: Command): Promise<void> {
  const { channels, segments } = options
  const paths = [...channels, ...messages, ...segments]
  if (paths.length === 0) command.error('error: give a FILE to import, or --channels or --segments')
  if (paths.filter((path) => path === '-').length > 1) command.error('error: - can be given once only')
  const files = {
    channels: await findSources(channels),
    messages: await findSources(messages),
    segments: await findSources(segments),
  }
  process.exitCode = await importInto(options, files)
}

const findSources = (paths: readonly string[]): Promise<Source[]> => Promise.all(paths.map(findSource))

/** Imports, prints what happened, and returns the exit code. */
async function importInto({ db: path, strict, times }: Options, files: ImportFiles): Promise<number> {
  const startedAtMs = performance.now()
  const display = createProgressDisplay([...files.channels, ...files.messages, ...files.segments])
  const interrupt = listenForInterrupt(() => display.print('Stopping; press Ctrl-C again to stop at once.'))
  const badLines = createBadLinePrinter(display.print)
  let report: ImportReport
  try {
    report = await openAndImport(path, files, {
      strict,
      times,
      signal: interrupt.signal,
      onProgress: display.update,
      onBadLine: badLines.add,
      onSeconds: (file, value) => display.print(printable(describeSeconds(file, value))),
      onUnreadable: (error) => display.print(`convodb: ${printable(error.message)}`),
    })
  } finally {
    display.stop()
  }
  badLines.finish()
  process.stdout.write(`${describeImport(report, (performance.now() - startedAtMs) / 1000)}\n`)
  return conclude(report, strict, interrupt.exitCode())
}

async function openAndImport(
  path: string,
  files: ImportFiles,
  options: ImportOptions,
): Promise<ImportReport> {
  let opening: Promise<DatabaseManager> | undefined
  // A database that is not there yet is made for the first line that is good.
  const open = (): Promise<DatabaseManager> => (opening ??= openDatabase(path, { readers: 1 }))
  if (existsSync(path)) await open()
  const report = await importFiles(open, files, options)
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
  const { failure, badLines, unreadableFiles } = report
  const isRefused = badLines + unreadableFiles > 0
  if (failure !== undefined) printFailure(failure)
  if (failure !== undefined || interrupted !== undefined || (strict && isRefused)) {
    process.stderr.write('Stopped early. What went in is durable; it is safe to run the same import again.\n')
  }
  if (failure !== undefined) return 1
  return interrupted ?? (isRefused ? 1 : 0)
}
