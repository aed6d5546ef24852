import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CaseSide } from '../cases/case.js'
import type { Measured, SideInput } from '../sides/side.js'

const sidePath = fileURLToPath(new URL('../side.js', import.meta.url))
const run = promisify(execFile)

/** Runs a side in a process and a folder of its own: nothing warm or left over from another side. */
export async function runSide({ side, input }: CaseSide, parent: string): Promise<Measured> {
  const folder = await mkdtemp(join(parent, `${side}-`))
  try {
    const sideInput: SideInput = { ...input, folder }
    const { stdout } = await run(
      process.execPath,
      ['--expose-gc', '--max-old-space-size=8192', sidePath, side, JSON.stringify(sideInput)],
      { maxBuffer: 2 ** 28 },
    )
    const measured: Measured = JSON.parse(stdout)
    return measured
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
