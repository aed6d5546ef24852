import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchReport } from '../run/bench-report.js'
import { formatReport } from './markdown.js'
import { plotsOf } from './plots/index.js'

/** Writes report.md, its plots and report.json. @returns the path of report.md */
export async function writeReport(report: BenchReport, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'report.md')
  const plots = report.cases.flatMap(plotsOf)
  await Promise.all(plots.map(({ fileName, svg }) => writeFile(join(folder, fileName), svg)))
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(path, formatReport(report, plotsOf))
  return path
}
