import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'

const program = resolve('dist', 'cli', 'index.js')

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line as a process of its own, with `input` on its standard input. */
export async function runCli(
  args: readonly string[],
  input: string | Buffer = '',
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  const cli = startCli(args, undefined, env)
  cli.stdin.end(input)
  return cli.result
}

/** As `runCli`, and no file may grow beyond `blocks` of 512 bytes: the nearest a test comes to a full disk. */
export async function runCliWithFileLimit(args: readonly string[], blocks: number): Promise<CliResult> {
  const cli = startCli(args, ['sh', '-c', `ulimit -f ${blocks} && exec "$0" "$@"`, process.execPath, program])
  cli.stdin.end()
  return cli.result
}

/** Starts the command line; its standard input stays open. */
export function startCli(
  args: readonly string[],
  command = [process.execPath, program],
  env: NodeJS.ProcessEnv = {},
) {
  const [executable = '', ...first] = command
  const child = spawn(executable, [...first, ...args], { env: { ...process.env, CI: 'true', ...env } })
  // A command that ends early leaves what it was sent unread.
  child.stdin.on('error', () => undefined)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk))
  const ended = new Promise<number | null>((resolveEnd) => child.once('close', resolveEnd))
  const waitFor = (pattern: RegExp, stream: Readable, said: () => string): Promise<void> =>
    new Promise((resolveSaid, reject) => {
      const look = () => pattern.test(said()) && resolveSaid()
      stream.on('data', look)
      child.once('close', () => reject(new Error(`It ended without ${pattern}: ${printed}${stderr}`)))
      look()
    })
  return {
    stdin: child.stdin,
    /** As a reader does that has seen enough. */
    closeOutput: () => child.stdout.destroy(),
    /** As who started it and has gone: what it says on stderr can not be written any more. */
    closeErrors: () => child.stderr.destroy(),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves when stderr says so; rejects when the process ends without. */
    says: (pattern: RegExp) => waitFor(pattern, child.stderr, () => stderr),
    /** Resolves when stdout has it; rejects when the process ends without. */
    prints: (pattern: RegExp) => waitFor(pattern, child.stdout, () => printed),
    result: ended.then((exitCode): CliResult => ({ exitCode, stdout: printed, stderr })),
  }
}

/** `convodb export | convodb import`, from one database into another; the result is the import's. */
export async function transfer(from: string, to: string): Promise<CliResult> {
  const command = '"$0" "$1" export --db "$2" | "$0" "$1" import - --strict --db "$3"'
  const cli = startCli([program, from, to], ['sh', '-c', command, process.execPath])
  cli.stdin.end()
  return cli.result
}

/** Lines of NDJSON. */
export const toNdjson = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')
