import { crypto } from './crypto.js'
import { ConvoDbError } from './errors.js'

/** Ids of a strategy's segments start with its name and a colon: they are less than the next text that does not. */
export const rangeOf = (strategy: string): { readonly from: string; readonly to: string } => ({
  from: `${strategy}:`,
  to: `${strategy};`,
})

/** @throws INVALID_ARGUMENT */
export function assertStrategyName(strategy: string): void {
  if (/^[\w.-]{1,100}$/.test(strategy)) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    'strategy must be 1 to 100 of the characters A to Z, a to z, 0 to 9, _ . and -',
    { field: 'strategy' },
  )
}

interface Run {
  readonly channelId: string
  readonly name: string
}

/** Follows from the message that the segment starts with, by a hash: when its user is forgotten, so is its id. */
export function newSegmentId({ channelId, name }: Run, messageId: string): string {
  const hash = crypto().createHash('sha256').update(`${channelId}\0${messageId}`).digest()
  return `${name}:${hash.subarray(0, 16).toString('base64url')}`
}
