import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

/** The faults of a disk; and native code that takes its time to load. */
type Shim = 'shim' | 'slow-load'

const sourceOf = (shim: Shim): string => fileURLToPath(new URL(`../shim/${shim}.c`, import.meta.url))

/** What keeps the shim from working here, or undefined. */
function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux (LD_PRELOAD)'
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no C compiler (cc)'
  }
}

const obstacle = findObstacle()

/** Describes tests that need the shim; says why where they are skipped. */
export function describeWithShim(name: string, body: () => void): void {
  if (obstacle === undefined) describe(name, body)
  else describe.skip(`${name} (skipped: ${obstacle})`, body)
}

/** Compiles a shim into a folder. */
export function buildShim(folder: string, shim: Shim = 'shim'): string {
  const library = join(folder, `${shim}.so`)
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, sourceOf(shim), '-ldl'], { stdio: 'inherit' })
  return library
}
