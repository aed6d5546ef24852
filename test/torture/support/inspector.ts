import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { InspectAnswer, InspectRequest } from './inspect-process.js'

const program = fileURLToPath(
  new URL('../../../build/test/torture/support/inspect-process.js', import.meta.url),
)
/** A file takes some hundredths of a second; more than this is a hang. */
const patienceMs = 60_000

/** Hands files to a process of its own, one after the other; another takes its place when it dies. */
export class Inspector {
  #child: ChildProcess | undefined

  /** What the process says of a file, or how it died of it. */
  inspect(request: InspectRequest): Promise<InspectAnswer | { readonly died: string }> {
    const child = (this.#child ??= fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      const die = (code: number | null, signal: string | null): void => {
        this.#child = undefined
        clearTimeout(timer)
        resolve({ died: signal ?? `exit code ${code}` })
      }
      child.once('exit', die)
      child.once('message', (answer: InspectAnswer) => {
        clearTimeout(timer)
        child.off('exit', die)
        resolve(answer)
      })
      child.send(request)
    })
  }

  close(): void {
    this.#child?.removeAllListeners()
    this.#child?.kill()
  }
}
