import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { refuseEarlierReport } from '../../bench/report/earlier-report.js'

it('a report does not go where the one of another run is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-report-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await expect(refuseEarlierReport(folder)).resolves.toBeUndefined()
  await expect(refuseEarlierReport(join(folder, 'not', 'there'))).resolves.toBeUndefined()
  await writeFile(join(folder, 'report.json'), '{}')
  await expect(refuseEarlierReport(folder)).rejects.toThrow('runs are not mixed')
})
