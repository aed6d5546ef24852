import { open } from 'node:fs/promises'

/** What stands in the first bytes of a SQLite database (https://www.sqlite.org/fileformat.html#the_database_header). */
export interface Header {
  readonly pageBytes: number
  /** What the file shall be long; undefined where a program wrote it that did not say. */
  readonly fileBytes: number | undefined
  readonly usesLog: boolean
  readonly applicationId: number
  readonly schemaVersion: number
}

const headerBytes = 100
const magic = 'SQLite format 3\0'

/**
 * Reads it as bytes, for a doctor must not change what it looks at: SQLite makes files beside a database that it opens.
 *
 * @returns undefined where it is no database of SQLite's.
 */
export async function readHeader(path: string): Promise<Header | undefined> {
  const bytes = Buffer.alloc(headerBytes)
  await using file = await open(path, 'r')
  const { bytesRead } = await file.read(bytes, 0, headerBytes, 0)
  if (bytesRead < headerBytes || bytes.toString('latin1', 0, magic.length) !== magic) return undefined
  const size = bytes.readUInt16BE(16)
  const pageBytes = size === 1 ? 65_536 : size
  const isSizeKnown = bytes.readUInt32BE(24) === bytes.readUInt32BE(92)
  return {
    pageBytes,
    fileBytes: isSizeKnown ? bytes.readUInt32BE(28) * pageBytes : undefined,
    usesLog: bytes[18] === 2,
    applicationId: bytes.readUInt32BE(68),
    schemaVersion: bytes.readUInt32BE(60),
  }
}
