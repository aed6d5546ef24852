import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../support/databases.js'

const dependencies = ['comlink', 'piscina']

/** A folder in which `convodb` is installed as a copy, from which a test may take something away. */
export async function installCopy(): Promise<string> {
  const folder = await temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'convodb'), { recursive: true })
  cpSync(resolve('dist'), join(modules, 'convodb', 'dist'), { recursive: true })
  cpSync(resolve('package.json'), join(modules, 'convodb', 'package.json'))
  for (const name of dependencies) symlinkSync(resolve('node_modules', name), join(modules, name))
  cpSync(resolve('node_modules', 'better-sqlite3', 'lib'), join(modules, 'better-sqlite3', 'lib'), {
    recursive: true,
  })
  for (const name of ['package.json', 'prebuilds']) {
    symlinkSync(resolve('node_modules', 'better-sqlite3', name), join(modules, 'better-sqlite3', name))
  }
  return folder
}

export const remove = (folder: string, ...path: readonly string[]): void =>
  rmSync(join(folder, 'node_modules', ...path))

/** Runs a program there; resolves with what it printed. */
export async function runThere(folder: string, program: string): Promise<string> {
  const path = join(folder, 'program.mjs')
  writeFileSync(path, program)
  const { stdout } = await promisify(execFile)(process.execPath, [path], { cwd: folder, timeout: 240_000 })
  return stdout
}
