import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const benchPath = fileURLToPath(new URL('../../build/bench/index.js', import.meta.url))
const bench = (...args: string[]) => promisify(execFile)(process.execPath, [benchPath, ...args])

const number = expect.any(Number)
const spread = { median: number, min: number, max: number, values: [number] }

describe('npm run bench', () => {
  it('prints a table and writes a report with plots; the figures are not judged here', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convodb-bench-test-'))
    try {
      const { stdout } = await bench('growth', '--quick', '--report', folder)
      expect(stdout).toMatch(/\(a\) ConvoDB storeMessage.+\d/)
      expect(stdout).toMatch(/Target \(a\) .+ at most 1\.3: .+, (met|missed)/)
      expect((await readdir(folder)).toSorted()).toStrictEqual([
        'growth-memory.svg',
        'growth-pages.svg',
        'growth-speed.svg',
        'report.json',
        'report.md',
      ])
      expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).toMatchObject({
        scale: 'quick',
        machine: { cores: number, processor: expect.any(String), node: process.version, syncMs: number },
        cases: [
          {
            name: 'growth',
            items: 'messages',
            rounds: 1,
            sides: [
              {
                name: 'store',
                side: 'convodb-growth',
                input: { rows: 5000, concurrency: 2000 },
                engine: expect.stringMatching(/^ConvoDB \d.+ SQLite 3\.\d+\.\d+, WAL, synchronous=FULL$/),
                metrics: { perSecond: spread, lastPageMs: spread, lastHeapMib: spread },
              },
              { name: 'loop' },
            ],
          },
        ],
      })
      const markdown = await readFile(join(folder, 'report.md'), 'utf8')
      expect(markdown).toContain('![growth: speed](growth-speed.svg)')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('runs a side whose package is there and skips one whose package is not', async () => {
    const { stdout } = await bench('event-loop', '--quick', '--json')
    const [{ sides, skipped }] = JSON.parse(stdout).cases
    const names = [...sides, ...skipped].map(({ name }: { name: string }) => name)
    expect(names.toSorted()).toStrictEqual(['batches', 'libsql-2000', 'loop', 'node-sqlite3-2000', 'store'])
    for (const { reason } of skipped) expect(reason).toContain('npm run bench:peers')
  })

  it('says which cases there are when it is given another', async () => {
    await expect(bench('nonsense')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Cases: ingest, concurrency, start, single'),
    })
  })

  it.each(['--rounds 0', '--quick --full', '--unknown'])('refuses %s', async (options) => {
    await expect(bench(...options.split(' '))).rejects.toMatchObject({ code: 2 })
  })
})
