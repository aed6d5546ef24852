/** A database of the Python original, as a thread reads it. */

/** Tables whose rows are read, in the order in which they go in. */
export const pythonTables = [
  'channels',
  'messages',
  'users',
  'user_profiles',
  'conversation_segments',
  'segment_messages',
  'embeddings',
] as const

export type PythonTable = (typeof pythonTables)[number]

/** A row as SQLite gives it: columns vary by the original's version, and kinds of values by what was stored. */
export type PythonRow = Readonly<Record<string, string | number | bigint | null | Uint8Array>>

export interface PythonReaderSettings {
  readonly path: string
}

/** What the thread answers when it is asked to go on. */
export type PythonAnswer =
  | { readonly kind: 'rows'; readonly table: PythonTable; readonly rows: readonly PythonRow[] }
  /** A table that is not read, and how many rows it has. */
  | { readonly kind: 'passedOver'; readonly table: string; readonly rows: number }
  /** How often something is not as it should be. */
  | { readonly kind: 'inconsistent'; readonly what: string; readonly times: number }
  /** A table that can not be read to its end. */
  | { readonly kind: 'damaged'; readonly table: string; readonly reason: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly reason: string }
