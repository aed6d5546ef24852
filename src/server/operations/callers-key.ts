import { createHash } from 'node:crypto'
import type { Caller } from '../access/caller.js'

/** The database's key for one of a caller's: no other caller's is the same, and it is as long as every other. */
export const callersKey = ({ keyId }: Caller, key: string, part = 0): string =>
  createHash('sha256')
    .update(JSON.stringify([keyId, key, part]))
    .digest('base64url')
