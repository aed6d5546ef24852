import { parseArgs } from 'node:util'
import type { BenchCase, Scale } from './cases/case.js'
import { cases } from './cases/index.js'

export interface Arguments {
  readonly chosen: readonly BenchCase[]
  readonly scale: Scale
  readonly rounds: number | undefined
  readonly json: boolean
  /** Where the databases are made; the default is the system's folder for temporary files. */
  readonly folder: string | undefined
  /** Where the report is written, as Markdown and plots. */
  readonly report: string | undefined
}

export const usage = `Usage: npm run bench -- [case...] [options]
Cases: ${cases.map(({ name }) => name).join(', ')} (default: all)
  --quick            so little that it only shows that everything works, in a minute or two
  --full             more rows and rounds; growth to ten million messages
  --rounds <number>  rounds instead of each case's own number
  --json             one JSON document on standard output
  --report <folder>  writes report.md, its plots as SVG, and report.json
  --folder <path>    where the databases are made: choose the disk that you mean to measure`

/** @throws Error that says what is wrong with the arguments */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      folder: { type: 'string' },
      report: { type: 'string' },
    },
  })
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other')
  const named = positionals.map((name) => {
    const found = cases.find((benchCase) => benchCase.name === name)
    if (found === undefined) throw new Error(`There is no case '${name}'`)
    return found
  })
  return {
    chosen: named.length > 0 ? named : cases,
    scale: values.quick ? 'quick' : values.full ? 'full' : 'usual',
    rounds: parseRounds(values.rounds),
    json: values.json,
    folder: values.folder,
    report: values.report,
  }
}

function parseRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1 on')
  return rounds
}
