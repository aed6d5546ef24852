import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const childrenUrl = new URL('../../../build/test/torture/children/', import.meta.url)

export interface ChildResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of `test/torture/children` to its end, with its task as JSON. Compiled: Node 22.13 takes no TypeScript. */
export async function runChild(
  name: string,
  task: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChildResult> {
  const program = fileURLToPath(new URL(`${name}.js`, childrenUrl))
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<Pick<ChildResult, 'exitCode' | 'signal'>>((resolve) =>
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal })),
  )
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { ...(await ended), stdout, stderr }
}
