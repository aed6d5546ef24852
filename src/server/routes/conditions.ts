import type { IncomingHttpHeaders } from 'node:http'
import { ConvoDbError } from '../../main/index.js'

const conditions = ['if-match', 'if-none-match', 'if-unmodified-since']

/** Of a write. @throws UNSUPPORTED: who says under which condition something may be changed would take it for heeded */
export function refuseConditions(headers: IncomingHttpHeaders): void {
  const condition = conditions.find((name) => headers[name] !== undefined)
  if (condition === undefined) return
  throw new ConvoDbError('UNSUPPORTED', `${condition} is heeded where something is read; leave it out here`, {
    field: condition,
  })
}
