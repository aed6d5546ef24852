import { ConvoDbError } from './errors.js'
import type { ConnectionMode } from './messages.js'
import { operations, type OperationName } from './operations.js'

/** To be called before an operation runs in a borrower's transaction. @throws CONFLICT, READ_ONLY */
export function assertMayRun(name: OperationName, mode: ConnectionMode): void {
  const { lane, transaction } = operations[name]
  if (transaction === 'none')
    throw new ConvoDbError('CONFLICT', `${name} can not run inside a transaction; call it after`)
  if (lane === 'write' && mode === 'read')
    throw new ConvoDbError(
      'READ_ONLY',
      `${name} writes, and this transaction only reads; begin it with mode: 'write'`,
    )
}
