import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const benchPath = fileURLToPath(new URL('../../build/bench/index.js', import.meta.url))
const bench = (...args: string[]) => promisify(execFile)(process.execPath, [benchPath, ...args])

const rate = expect.any(Number)
const positive = (value: number): boolean => Number.isFinite(value) && value > 0

describe('npm run bench', () => {
  it('measures every case and side; the figures are not judged here', async () => {
    const { stdout } = await bench('--quick', '--json')
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({
      quick: true,
      sqliteVersion: expect.stringMatching(/^3\.\d+\.\d+$/),
      machine: { cores: rate, processor: expect.any(String), node: process.version, syncMs: rate },
      cases: [
        {
          name: 'ingest',
          unit: 'messages/s',
          size: { rows: 2000, rounds: 1 },
          baselines: ['sqlite-commit-each', 'sqlite-tuned-loop'],
          sides: [
            {
              peer: 'convodb-store-message',
              eventLoop: { utilization: rate, delayP99Ms: rate },
              ratios: { 'sqlite-commit-each': rate, 'sqlite-tuned-loop': rate },
            },
            { peer: 'convodb-add-messages' },
            { peer: 'sqlite-commit-each', ratios: { 'sqlite-commit-each': 1 } },
            { peer: 'sqlite-tuned-loop', ratios: { 'sqlite-tuned-loop': 1 } },
          ],
        },
        {
          name: 'pages',
          unit: 'pages/s',
          sides: [{ peer: 'convodb-pages', ratios: { 'sqlite-pages': rate } }, { peer: 'sqlite-pages' }],
        },
      ],
    })
    for (const { sides } of report.cases) {
      for (const side of sides) {
        expect(side.rates).toHaveLength(1)
        expect([side.median, side.min, side.max].every(positive), side.peer).toBe(true)
      }
    }
  })

  it('runs only the named cases and prints a table', async () => {
    const { stdout } = await bench('pages', '--quick')
    expect(stdout).toMatch(/\(a\) ConvoDB getMessages.+\d to .+ x \d/)
    expect(stdout).not.toContain('ingest')
  })

  it('says which cases there are when it is given another', async () => {
    await expect(bench('nonsense')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Cases: ingest, pages'),
    })
  })
})
