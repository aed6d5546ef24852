import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** `convodb serve` in a process of its own. */
export interface ServeProcess {
  readonly url: string
  /** Of the first start only. */
  readonly apiKey: string | undefined
  readonly login: string
  readonly child: ChildProcess
  /** Lines of its log so far. */
  readonly log: string[]
  /** Ends it by a signal; resolves with its exit code, or the signal. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>
}

/** Starts it; resolves when it listens. */
export async function startServeProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [resolve('dist/cli/index.js'), 'serve', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => (code === null ? String(signal) : Number(code)))
  const log: string[] = []
  createInterface(child.stdout).on('line', (line) => log.push(line))
  let told = ''
  const listening = new Promise<string>((found, fail) => {
    child.stderr.on('data', (piece) => {
      told += String(piece)
      const [, login] = /once and within 15 minutes: (\S+)\n/.exec(told) ?? []
      if (login !== undefined) found(login)
    })
    void exited.then((code) => fail(new Error(`convodb serve ended with ${code}: ${told}`)))
  })
  const login = await listening
  return {
    url: /Listening on (\S+)/.exec(told)?.[1] ?? '',
    apiKey: /cdb_\w{16}_\S{43}/.exec(told)?.[0],
    login,
    child,
    log,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}
