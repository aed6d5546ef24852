import { access, constants, stat, statfs } from 'node:fs/promises'
import { formatBytes, formatCount } from '../format.js'
import { fail, ok, warn, type Finding } from './finding.js'

const othersMayWrite = 0o022
const isSticky = 0o1000

/** The folder of a database, whether the file is there or not. */
export async function examineFolder(folder: string): Promise<readonly Finding[]> {
  const status = await stat(folder).catch(() => undefined)
  if (status === undefined) {
    return [
      fail('folder', `${folder} is not there, or may not be searched`, 'make it, or look at its rights'),
    ]
  }
  if (!status.isDirectory()) return [fail('folder', `${folder} is no folder`, 'choose another path')]
  const findings = [await ofRights(folder), await ofDisk(folder), await ofFileSystem(folder)]
  if (process.platform === 'win32' || (status.mode & othersMayWrite) === 0) return findings
  const sticky = (status.mode & isSticky) === 0 ? ', and remove files' : ''
  return [
    ...findings,
    warn('folder', `others may put files into ${folder}${sticky}`, 'chmod go-w it, or use one of your own'),
  ]
}

async function ofRights(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return ok('folder', `${folder} can be written to`)
  } catch {
    const advice =
      'SQLite puts files beside a database, also to read it: let this user write there, or copy it to another folder'
    return fail('folder', `${folder} can not be written to by this user`, advice)
  }
}

const lowBytes = { warn: 1024 ** 3, fail: 64 * 1024 ** 2 }

async function ofDisk(folder: string): Promise<Finding> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(folder)
  const free = bavail * bsize
  const message = `${formatBytes(free)} of ${formatBytes(blocks * bsize)} free`
  const advice = 'make room: "convodb retain" deletes old messages, backups may be elsewhere'
  if (free < lowBytes.fail) return fail('disk', `only ${message}`, advice)
  // Some file systems have any number of them, and say 0 of 0.
  if (files > 0 && ffree < 100) return fail('disk', `only ${formatCount(ffree)} more files fit`, advice)
  return free < lowBytes.warn ? warn('disk', `only ${message}`, advice) : ok('disk', message)
}

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const networks: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
])
const inMemory: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
])
const layered: ReadonlyMap<number, string> = new Map([[0x794c7630, 'overlayfs']])
const others: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0xf2f52010, 'F2FS'],
  [0x4d44, 'FAT'],
])

async function ofFileSystem(folder: string): Promise<Finding> {
  // Other systems give numbers of their own.
  if (process.platform !== 'linux') return ok('system', 'its kind is not known on this system')
  const { type } = await statfs(folder)
  // The number is signed in some places.
  return ofKind(type >>> 0)
}

/** What is to be said of a kind of file system, by Linux's number of it. */
export function ofKind(type: number): Finding {
  const network = networks.get(type)
  if (network !== undefined) {
    const message = `${network} is a network file system, on which locks and the log's shared memory may not hold`
    return fail('system', message, 'put the database on a local disk, and reach it with "convodb serve"')
  }
  const memory = inMemory.get(type)
  if (memory !== undefined) {
    return warn('system', `${memory} is memory: a restart empties it`, 'put the database on a disk')
  }
  const layer = layered.get(type)
  if (layer !== undefined) {
    return warn('system', `${layer} goes with its container`, 'put the database on a volume')
  }
  if (type === 0x65735546) {
    const advice = 'make sure that it is no network drive, and that it syncs what it is told to'
    return warn('system', 'FUSE may be a network drive, or keep no locks', advice)
  }
  return ok('system', others.get(type) ?? `file system 0x${type.toString(16)}`)
}
