import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Measured } from './peer.js'
import type { PeerName } from './peers/index.js'
import type { Size } from './cases/case.js'

const sidePath = fileURLToPath(new URL('side.js', import.meta.url))
const run = promisify(execFile)

/** Runs a side in a process and a folder of its own: nothing warm or left over from another side. */
export async function runSide(peer: PeerName, { rows, pages }: Size, parent: string): Promise<Measured> {
  const folder = await mkdtemp(join(parent, `${peer}-`))
  try {
    const input = JSON.stringify({ folder, rows, pages })
    const { stdout } = await run(process.execPath, [sidePath, peer, input])
    const measured: Measured = JSON.parse(stdout)
    return measured
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
