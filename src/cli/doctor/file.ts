import { access, constants, stat } from 'node:fs/promises'
import type { EngineFacts } from '../../protocol/engine-facts.js'
import { formatBytes } from '../format.js'
import { fail, ok, warn, type Finding } from './finding.js'
import { readHeader, type Header } from './header.js'

const othersMayRead = 0o044

/** The file itself: whether it is there, ours, whole and ours to use. Its rows are looked at by `convodb verify`. */
export async function examineFile(path: string, engine: EngineFacts | Error): Promise<readonly Finding[]> {
  const status = await stat(path).catch((error: unknown) => error)
  if (status instanceof Error) {
    const isMissing = 'code' in status && (status.code === 'ENOENT' || status.code === 'ENOTDIR')
    if (!isMissing) throw status
    return [
      fail('file', `${path} does not exist`, 'look for a typing error; "convodb import" makes a new one'),
    ]
  }
  const { size, mode, nlink } = await stat(path)
  if (!(await stat(path)).isFile()) return [fail('file', `${path} is no file`, 'choose another path')]
  const rights = await ofRights(path, mode)
  if (rights.some(({ status: found }) => found === 'fail')) return rights
  const findings = [...rights]
  if (nlink > 1) {
    const message = `it has ${nlink} names (hard links): used by two of them it is damaged`
    findings.push(fail('file', message, 'remove the other names, or use a copy'))
  }
  if (size === 0) return [ok('file', `${path}, empty: what opens it makes a database of it`), ...findings]
  const header = await readHeader(path)
  if (header === undefined) {
    const message = `${path} is no database, or its first page is damaged`
    return [fail('file', message, 'choose another path, or "convodb restore" a backup'), ...findings]
  }
  return [
    ok('file', `${path}, ${formatBytes(size)}`),
    ...findings,
    ...ofHeader(header, engine),
    ...ofLength(header, size),
  ]
}

async function ofRights(path: string, mode: number): Promise<readonly Finding[]> {
  const may = (right: number): Promise<boolean> =>
    access(path, right).then(
      () => true,
      () => false,
    )
  if (!(await may(constants.R_OK))) {
    return [fail('rights', 'this user may not read the file', 'chown or chmod it, or run as its user')]
  }
  const findings = [
    (await may(constants.W_OK))
      ? ok('rights', 'this user may read and write the file')
      : warn('rights', 'this user may only read the file', 'chown or chmod it where it shall be written to'),
  ]
  if (process.platform === 'win32' || (mode & othersMayRead) === 0) return findings
  return [...findings, warn('rights', 'other users may read all chats', 'chmod 600 the file')]
}

function ofHeader(header: Header, engine: EngineFacts | Error): readonly Finding[] {
  if (engine instanceof Error) return []
  const { applicationId, schemaVersion } = header
  if (applicationId !== engine.applicationId) {
    const message = 'it is a SQLite database of another program, or its header is damaged'
    return [fail('schema', message, 'choose another path, or "convodb restore" a backup')]
  }
  const known = `schema version ${schemaVersion}; this ConvoDB knows ${engine.schemaVersion}`
  if (schemaVersion < 1) {
    return [fail('schema', `${known}: the header is damaged`, '"convodb restore" a backup')]
  }
  if (schemaVersion > engine.schemaVersion) return [fail('schema', known, 'upgrade convodb')]
  if (schemaVersion < engine.schemaVersion) {
    return [warn('schema', known, 'open it once for writing, which brings it up to date, after a backup')]
  }
  return [ok('schema', `schema version ${schemaVersion}`)]
}

/** The log may hold pages that are not in the file yet; what the header tells is of the file alone. */
function ofLength({ fileBytes, pageBytes }: Header, size: number): readonly Finding[] {
  if (fileBytes === undefined || size >= fileBytes) {
    if (size % pageBytes === 0) return []
    const message = `its length is no multiple of its pages (${pageBytes} bytes)`
    return [warn('length', message, 'it was cut or written to by something else: run "convodb verify"')]
  }
  const message = `${formatBytes(size)} where ${formatBytes(fileBytes)} shall be: its end is missing`
  return [fail('length', message, 'where no process has it open this moment, "convodb restore" a backup')]
}
