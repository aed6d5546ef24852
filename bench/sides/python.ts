import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { quantiles } from '../measure/statistics.js'
import { peerScript } from '../peers-folder.js'
import { describeEngine, type EngineFacts } from './engine.js'
import type { Side } from './side.js'
import { createTextKeyFile, textKeyValues } from './text-key-file.js'

/** What `bench/peers/original_shape.py` prints. */
interface PythonReport extends EngineFacts {
  readonly elapsedMs: number
  readonly latenciesMs: readonly number[]
}

const run = promisify(execFile)

/** The original's shape: a connection a thread, `rowsPerCall` messages a commit. */
export const python =
  (synchronous: 'NORMAL' | 'FULL'): Side =>
  async (input) => {
    const { path, rows } = createTextKeyFile(input)
    const rowsPath = join(input.folder, 'rows.json')
    await writeFile(rowsPath, JSON.stringify(rows.map(textKeyValues)))
    const { stdout } = await run(
      'python3',
      [
        peerScript('original_shape.py'),
        JSON.stringify({
          path,
          rowsPath,
          threads: input.concurrency,
          rowsPerCommit: input.rowsPerCall,
          synchronous,
        }),
      ],
      { maxBuffer: 2 ** 30 },
    )
    const { elapsedMs, latenciesMs, ...facts }: PythonReport = JSON.parse(stdout)
    return {
      items: rows.length,
      elapsedMs,
      latencyMs: quantiles(latenciesMs),
      engine: describeEngine(facts),
    }
  }
