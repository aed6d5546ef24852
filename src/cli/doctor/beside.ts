import { lstat, open, readFile } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { isProcessRunning } from '../../main/is-process-running.js'
import { formatBytes } from '../format.js'
import { fail, ok, warn, type Finding } from './finding.js'

/** Beyond it a log is copied and begun anew, unless a long read keeps it. */
const longLogBytes = 512 * 1024 ** 2

/** What stands beside a database: whose it is this moment, its log, and what should not be there. */
export async function examineBeside(path: string): Promise<readonly Finding[]> {
  const [log, index, journal, owner, lock] = await Promise.all(
    ['-wal', '-shm', '-journal', '-owner', '-lock'].map((end) => lookAt(`${path}${end}`)),
  )
  const strange = [log, index, journal, owner, lock].flatMap((found) => ofStranger(found))
  return [
    await ofOwner(`${path}-owner`, owner?.status),
    ...ofLog(log?.status),
    ...ofJournal(journal?.status),
    ...strange,
  ]
}

interface Found {
  readonly path: string
  readonly status: Stats
}

async function lookAt(path: string): Promise<Found | undefined> {
  const status = await lstat(path).catch(() => undefined)
  return status && { path, status }
}

async function ofOwner(path: string, status: Stats | undefined): Promise<Finding> {
  const pid = status?.isFile() === true ? await readPid(path) : undefined
  if (pid === undefined) return ok('owner', 'no process has it open for writing')
  if (!isProcessRunning(pid)) {
    const message = `process ${pid}, which had it open, is gone without closing it, or runs elsewhere (a container, a machine)`
    return ok('owner', `${message}; the next to open it goes on from the log`)
  }
  const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  const name = command === '' ? '' : ` (${command.trim()})`
  return ok(
    'owner',
    `process ${pid}${name} has it open for writing; others can read, or ask that one's server`,
  )
}

async function readPid(path: string): Promise<number | undefined> {
  await using file = await open(path, 'r')
  const text = Buffer.alloc(32)
  const { bytesRead } = await file.read(text, 0, text.length, 0)
  const pid = Number(text.toString('latin1', 0, bytesRead))
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

function ofLog(status: Stats | undefined): readonly Finding[] {
  const bytes = status?.size ?? 0
  if (bytes < longLogBytes) return [ok('log', `write-ahead log of ${formatBytes(bytes)}`)]
  const advice = 'end what reads for so long; closing the database copies the log into the file'
  return [
    warn('log', `write-ahead log of ${formatBytes(bytes)}: a long read keeps it from shrinking`, advice),
  ]
}

function ofJournal(status: Stats | undefined): readonly Finding[] {
  if (status === undefined || status.size === 0) return []
  const message = 'a rollback journal was left by a crash, or another program writes this moment'
  return [warn('journal', message, 'keep it with the file; opening the database for writing rolls it back')]
}

/** Nothing that uses a database makes anything but files of its own user's there. */
function ofStranger(found: Found | undefined): readonly Finding[] {
  if (found === undefined || found.status.isFile()) return []
  const message = `${found.path} is no file: nothing that uses the database has put it there`
  return [fail('beside', message, 'look who did, and remove it')]
}
