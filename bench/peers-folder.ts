import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hasWordVectors } from './recall/word-vectors.js'
import { hasIrc } from './segmenting/irc.js'

/** `bench/peers` in the sources: a package of its own, so that the main install stays small. */
const folder = new URL('../../bench/peers/', import.meta.url)
const requireFromPeers = createRequire(new URL('package.json', folder))

/** What a side needs that the main install does not bring. */
export type Requirement =
  | 'sqlite3'
  | '@libsql/client'
  | 'better-sqlite3-pool'
  | '@tursodatabase/database'
  | 'python3'
  | 'annotated chat'
  | 'word vectors'

/** Imports a package of `bench/peers`; the caller says what it is, as far as it uses it. */
export async function importPeer<Module>(name: Requirement): Promise<Module> {
  const module: Module = await import(pathToFileURL(requireFromPeers.resolve(name)).href)
  return module
}

export function peerVersion(name: Requirement): string {
  const { version }: { version: string } = requireFromPeers(`./node_modules/${name}/package.json`)
  return version
}

export const peerScript = (name: string): string => fileURLToPath(new URL(name, folder))

/** Why a side can not run here, or undefined when it can. */
export function whyMissing(requirement: Requirement): string | undefined {
  if (requirement === 'annotated chat') {
    return hasIrc() ? undefined : 'the annotated chat is not in ../shared/data/irc'
  }
  if (requirement === 'word vectors') {
    return hasIrc() && hasWordVectors()
      ? undefined
      : 'the word vectors are not in ../shared/data/word-vectors'
  }
  try {
    if (requirement === 'python3') execFileSync('python3', ['-c', 'import sqlite3'], { stdio: 'ignore' })
    else requireFromPeers(requirement)
    return undefined
  } catch {
    return requirement === 'python3'
      ? 'there is no python3 with the sqlite3 module'
      : `${requirement} is not installed (npm run bench:peers)`
  }
}
