import { isOperationName, operations, type OperationName } from '../../protocol/operations.js'
import type { Scope } from './caller.js'

/** What those may do that only bring messages in. */
const ingest: ReadonlySet<OperationName> = new Set(['storeMessage', 'addMessages'])

/** The scope that an operation needs. What is no operation may be asked for by anybody, who is told that there is none. */
export function needsOf(name: string): Scope {
  if (!isOperationName(name)) return 'ingest'
  return ingest.has(name) ? 'ingest' : operations[name].access
}
