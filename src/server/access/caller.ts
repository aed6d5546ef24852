import type { SealedCursors } from './sealed-cursors.js'

/**
 * What a key may do. `write` may do what `read` may, and `admin` everything; `ingest` stores messages and reads nothing.
 */
export const scopes = ['read', 'write', 'ingest', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Of a key that is for certain channels. */
export interface Held {
  readonly channels: ReadonlySet<string>
  readonly cursors: SealedCursors
}

/** Who makes a request, by the key that came with it. */
export interface Caller {
  readonly keyId: string
  readonly scope: Scope
  /** Null where it is for all channels. */
  readonly held: Held | null
}

const allowed: { readonly [S in Scope]: readonly Scope[] } = {
  read: ['read'],
  write: ['read', 'write', 'ingest'],
  ingest: ['ingest'],
  admin: ['read', 'write', 'ingest', 'admin'],
}

/** Whether a key of that scope may do what needs another. */
export const mayDo = (scope: Scope, needed: Scope): boolean => allowed[scope].includes(needed)
