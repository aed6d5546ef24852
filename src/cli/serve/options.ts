import { InvalidArgumentError, Option, type Command } from 'commander'
import { toWholeNumber } from '../arguments.js'
import { longestTimerMs, parseDuration } from '../duration.js'
import { serverDefaults, type ServerOptions } from '../../server/options.js'

/** What `convodb serve` is told beside the server's own options. */
export interface ServeOptions extends ServerOptions {
  readonly db: string
  readonly config?: string
  readonly logLevel: string
  readonly backupEvery?: number
  readonly backupKeep: number
  readonly backupDir?: string
  readonly readers?: number
  readonly keepHistory?: boolean
}

const whole = (minimum: number) => toWholeNumber(minimum, Number.MAX_SAFE_INTEGER)
const time = (minimum: number) => toWholeNumber(minimum, longestTimerMs)

function duration(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined) return milliseconds
  throw new InvalidArgumentError('It must be a time such as 90s, 30m, 6h or 1d.')
}

const more = (name: string, names: readonly string[] = []): string[] => [...names, ...name.split(',')]

const environmentName = (long: string): string =>
  `CONVODB_${long.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`

/** Empty is what a variable is that somebody has unset. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description)
  const name = environmentName(made.long ?? '')
  return process.env[name] === '' ? made : made.env(name)
}

const d = serverDefaults

/** Every option by flag, by environment and in a file, as `--help` lists them. */
export function addServeOptions(command: Command): Command {
  const options = [
    option('--db <file or URL>', 'the database, a file or postgres://...; created when missing'),
    option(
      '--config <file>',
      'a JSON object of these options, in camelCase; flags and environment go before it',
    ),
    option('--host <address>', 'address to listen on; one that others reach needs TLS').default(d.host),
    option('--port <number>', 'port to listen on; 0 takes a free one')
      .default(d.port)
      .argParser(toWholeNumber(0, 65_535)),
    option('--tls-cert <file>', 'PEM certificate: HTTPS in place of HTTP'),
    option('--tls-key <file>', 'PEM key of the certificate'),
    option('--behind-tls-proxy', 'a proxy before it speaks TLS to the world').default(d.behindTlsProxy),
    option('--allowed-host <name>', 'a name it is called by beside localhost; may be given again')
      .argParser(more)
      .default([], 'none'),
    option('--cors-origin <origin>', 'an origin whose pages may call it; may be given again')
      .argParser(more)
      .default([], 'none'),
    option('--max-body-bytes <number>', "of a request's body").default(d.maxBodyBytes).argParser(whole(1)),
    option('--max-json-depth <number>', "levels of lists and objects in a request's body")
      .default(d.maxJsonDepth)
      .argParser(whole(1)),
    option('--max-response-bytes <number>', 'of the answers of one request together')
      .default(d.maxResponseBytes)
      .argParser(whole(1)),
    option('--max-header-bytes <number>', "of a request's headers")
      .default(d.maxHeaderBytes)
      .argParser(whole(1_024)),
    option('--max-connections <number>', 'at once; more are closed')
      .default(d.maxConnections)
      .argParser(whole(1)),
    option('--max-requests-per-second <number>', 'of one key; 0 lets it make any number')
      .default(d.maxRequestsPerSecond)
      .argParser(whole(0)),
    option('--request-timeout-ms <number>', 'how long a request may take to arrive')
      .default(d.requestTimeoutMs)
      .argParser(time(1)),
    option('--idle-timeout-ms <number>', 'how long a connection may be idle')
      .default(d.idleTimeoutMs)
      .argParser(time(1)),
    option('--close-timeout-ms <number>', 'how long stopping waits for requests')
      .default(d.closeTimeoutMs)
      .argParser(time(0)),
    option('--max-leases <number>', 'of connections, at once').default(d.maxLeases).argParser(whole(1)),
    option('--max-streams <number>', 'of changes, at once').default(d.maxStreams).argParser(whole(1)),
    option('--max-ingests <number>', 'uploads at once').default(d.maxIngests).argParser(whole(1)),
    option('--max-line-bytes <number>', "of an upload's line; a longer one is refused")
      .default(d.maxLineBytes)
      .argParser(whole(1)),
    option('--ingest-idle-timeout-ms <number>', 'how long an upload may send nothing')
      .default(d.ingestIdleTimeoutMs)
      .argParser(time(1)),
    option('--max-import-bytes <number>', 'of a file that is imported')
      .default(d.maxImportBytes)
      .argParser(whole(1)),
    option('--temporary-folder <folder>', 'for a backup or an import while it is under way').default(
      undefined,
      "the system's",
    ),
    option('--readers <number>', 'threads that read')
      .default(undefined, 'cores - 1, at least 2')
      .argParser(whole(1)),
    option('--keep-history', 'keep the texts that edits replace and reactions that are taken back').default(
      undefined,
      'as the database says',
    ),
    option('--log-level <level>', 'of the log on standard output, in JSON')
      .choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info'),
    option(
      '--backup-every <time>',
      'makes verified backups, the first when the newest there is so old: 90s, 30m, 6h, 1d',
    )
      .default(undefined, 'never')
      .argParser(duration),
    option('--backup-keep <number>', 'of the backups, how many to keep').default(8).argParser(whole(1)),
    option('--backup-dir <folder>', 'where the backups go').default(undefined, 'backups beside the database'),
  ]
  for (const each of options) command.addOption(each)
  return command
}
