import type { Found } from '../found.js'
import type { Notes } from '../notes.js'
import type { Source } from '../source.js'

export const formatNames = [
  'ndjson',
  'discord',
  'slack',
  'telegram',
  'matrix',
  'zulip',
  'chatgpt',
  'claude',
  'mbox',
  'whatsapp',
  'irc',
  'python',
] as const

export type FormatName = (typeof formatNames)[number]

/** How a file begins. */
export interface Head {
  /** Its path inside what was given. */
  readonly path: string
  /** Its first 64 KiB at most, as UTF-8; without a byte order mark. */
  readonly text: string
  readonly bytes: Buffer
}

/** A format of one file. */
interface FormatOfFile {
  readonly name: FormatName
  /** Whether a file that begins so is one of it. */
  recognizes(head: Head): boolean
  /** What is in it, in the order in which it goes in. */
  read(source: Source, notes: Notes): AsyncGenerator<Found>
}

/** A format of many files that belong together, in a folder or a zip archive. */
interface FormatOfFolder {
  readonly name: FormatName
  /** Which files of these paths are one archive of it; undefined where there is none. */
  archiveIn(paths: readonly string[]): ReadonlySet<string> | undefined
  readFolder(sources: readonly Source[], notes: Notes): AsyncGenerator<Found>
}

export type Format = FormatOfFile | FormatOfFolder
