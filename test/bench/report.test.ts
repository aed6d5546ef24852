import { expect, it } from 'vitest'
import { formatCase } from '../../bench/report/case-text.js'
import { growthTable } from '../../bench/report/growth-table.js'
import type { CaseReport, SideReport } from '../../bench/run/case-report.js'

const spread = (median: number) => ({ median, min: median, max: median, values: [median] })
const side = (name: string, more: Partial<SideReport> = {}): SideReport => ({
  name,
  label: `side ${name}`,
  side: 'libsql',
  input: { rows: 10, rowsPerCall: 1, reads: 0, concurrency: 1, readers: 1 },
  engine: 'SQLite',
  metrics: { perSecond: spread(1234) },
  ratios: {},
  ...more,
})
const report: CaseReport = {
  name: 'ingest',
  about: 'About it.',
  items: 'messages',
  metrics: ['perSecond', 'busyUsPerItem', 'delayP99Ms'],
  baselines: [],
  plots: [],
  rounds: 2,
  sides: [side('one', { metrics: { perSecond: spread(1234), busyUsPerItem: spread(2.5) } }), side('python')],
  skipped: [],
  targets: [],
  load: { before: 0.4, after: 2.3 },
  repetitions: 0,
  disturbed: [],
}

it('a side that has no event loop shows a dash, and a column without any figure is left out', () => {
  const text = formatCase(report)
  expect(text).toMatch(/side one .*1,234 .* 2\.5\n/)
  expect(text).toMatch(/side python .*1,234 .* -\n?/)
  expect(text).toContain('event loop, us/item')
  expect(text).not.toContain('loop delay')
})

it('a case says how busy the machine was, and which of its runs count although they were disturbed', () => {
  expect(formatCase(report)).toContain('Median of 2 rounds. Load 0.4 before, 2.3 after.\n')
  const disturbed = [{ side: 'python', round: 2, degree: 3, reason: 'others used 45 % of the processors' }]
  expect(formatCase({ ...report, repetitions: 4, disturbed })).toContain(
    'after. Disturbed and run again: 4. Disturbed, and counted all the same: (b) in round 2 (others used 45 % of the processors).\n',
  )
})

it('a look at a growing store is a column, and each figure says how much it grew', () => {
  const looks = [
    { messages: 100_000, figures: { storeUs: 10, fileMib: 60 } },
    { messages: 1_000_000, figures: { storeUs: 12.5, fileMib: 540, verifyMs: 9 } },
  ]
  expect(growthTable(side('store', { looks }))).toEqual([
    ['side store', '100,000', '1,000,000', 'last / first'],
    ['storing, us a message', '10.0', '12.5', '1.25'],
    ['file, MiB', '60', '540', '9.00'],
    ['verify, ms', '-', '9', '-'],
  ])
  expect(growthTable(side('store'))).toBeUndefined()
})
