import type { OperationMessage, PackedOperation, PlainOperation } from './messages.js'
import { unpackNow } from './packed.js'

/** With its parameters as they are, whether or not they were packed. */
export const toPlain = (message: OperationMessage): PlainOperation =>
  'packed' in message ? unpacked(message) : message

/** Its parameters are what the name says: they were packed after they had been read. */
function unpacked(message: PackedOperation): PlainOperation
function unpacked({ name, packed }: PackedOperation): unknown {
  return { name, params: unpackNow(packed) }
}
