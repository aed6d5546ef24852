import type { EngineFacts } from '../../protocol/engine-facts.js'
import { fail, ok, warn, type Finding } from './finding.js'
import { formatBytes } from '../format.js'

/** Of each database three files are open in each thread; a server adds its connections. */
const fewFiles = { warn: 1_024, fail: 64 }

/** Node, SQLite and what this process may have. */
export function examineMachine(engine: EngineFacts | Error): readonly Finding[] {
  return [
    // An older one is told of before any command is loaded.
    ok('node', `Node ${process.versions.node}, ${process.platform}-${process.arch}`),
    engine instanceof Error
      ? fail('sqlite', engine.message, 'run "npm ci", or "npm install better-sqlite3"')
      : ok('sqlite', `SQLite ${engine.sqliteVersion}, schema version ${engine.schemaVersion}`),
    ...examineLimits(),
  ]
}

function examineLimits(): readonly Finding[] {
  const limits = readLimits()
  if (limits === undefined) return []
  return [ofOpenFiles(limits.openFiles), ...ofFileSize(limits.fileBlocks)]
}

function ofOpenFiles(most: number): Finding {
  const message = `${most === Infinity ? 'any number of' : most} open files`
  const advice = 'raise it: "ulimit -n 65536", or LimitNOFILE= of the service'
  if (most < fewFiles.fail) return fail('limits', `only ${message}`, advice)
  if (most < fewFiles.warn) return warn('limits', `only ${message}, few for a server`, advice)
  return ok('limits', message)
}

function ofFileSize(blocks: number): readonly Finding[] {
  if (blocks === Infinity) return []
  const message = `files may not grow beyond ${formatBytes(blocks)}`
  return [warn('limits', message, 'raise it: "ulimit -f unlimited", or LimitFSIZE= of the service')]
}

/** What the shell or the service manager allows; undefined where the system knows no such limits. */
function readLimits(): { readonly openFiles: number; readonly fileBlocks: number } | undefined {
  // Names and addresses of the network are looked up for a report otherwise, which takes seconds.
  Reflect.set(process.report, 'excludeNetwork', true)
  const report: unknown = process.report.getReport()
  const limits: unknown = Reflect.get(Object(report), 'userLimits')
  if (limits === undefined) return undefined
  const soft = (name: string): number => {
    const value: unknown = Reflect.get(Object(Reflect.get(Object(limits), name)), 'soft')
    return typeof value === 'number' ? value : Infinity
  }
  return { openFiles: soft('open_files'), fileBlocks: soft('file_size_blocks') }
}
