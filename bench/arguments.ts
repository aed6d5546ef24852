import { parseArgs } from 'node:util'
import type { BenchCase } from './cases/case.js'
import { cases } from './cases/index.js'

export interface Arguments {
  readonly chosen: readonly BenchCase[]
  readonly quick: boolean
  readonly json: boolean
  /** Where the databases are made; the default is the system's folder for temporary files. */
  readonly folder: string | undefined
}

export const usage = `Usage: npm run bench -- [case...] [--quick] [--json] [--folder <path>]
Cases: ${cases.map(({ name }) => name).join(', ')} (default: all)`

/** @throws Error that says what is wrong with the arguments */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      folder: { type: 'string' },
    },
  })
  const named = positionals.map((name) => {
    const found = cases.find((benchCase) => benchCase.name === name)
    if (found === undefined) throw new Error(`There is no case '${name}'`)
    return found
  })
  return {
    chosen: named.length > 0 ? named : cases,
    quick: values.quick,
    json: values.json,
    folder: values.folder,
  }
}
