import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import type { PlantTask } from './children/plant-links.js'
import type { SharedFolderTask } from './children/use-shared-folder.js'
import { reportFigures } from './support/figures.js'

/** Two users who are nobody else. */
const victim = { uid: 20_001, gid: 20_001 }
const attacker = { uid: 20_002, gid: 20_002 }
const rounds = 4

const canBeOthers = process.getuid?.() === 0
const followsLinks = ((): boolean => {
  try {
    return readFileSync('/proc/sys/fs/protected_symlinks', 'utf8').trim() === '0'
  } catch {
    return false
  }
})()

const programPath = (name: string): string =>
  fileURLToPath(new URL(`../../build/test/torture/children/${name}.js`, import.meta.url))
const start = (name: string, task: object, user: typeof victim) =>
  spawn(process.execPath, [programPath(name), JSON.stringify(task)], {
    ...user,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** A folder to which all may write, each their own files, as `/tmp`; and a victim's folder with files of the victim's. */
async function makeFolders() {
  const root = await temporaryFolder()
  chmodSync(root, 0o755)
  const [folder, home] = [join(root, 'shared'), join(root, 'home')]
  mkdirSync(folder)
  chmodSync(folder, 0o1777)
  mkdirSync(home)
  chownSync(home, victim.uid, victim.gid)
  for (const [name, content] of [
    ['precious', 'precious'],
    ['empty', ''],
  ] as const) {
    writeFileSync(join(home, name), content, { mode: 0o600 })
    chownSync(join(home, name), victim.uid, victim.gid)
  }
  const contents = () =>
    Object.fromEntries(readdirSync(home).map((name) => [name, readFileSync(join(home, name), 'latin1')]))
  return { folder, home, contents }
}

const untouched = { precious: 'precious', empty: '' }

async function attack(names: readonly string[], isTimed: boolean) {
  const { folder, home, contents } = await makeFolders()
  const plantTask: PlantTask = {
    folder,
    names,
    targets: ['precious', 'empty', 'none'].map((name) => join(home, name)),
    ...(isTimed ? { whileThere: join(folder, 'chat.db-owner') } : {}),
  }
  const planting = start('plant-links', plantTask, attacker)
  await once(planting.stdout, 'data')
  const task: SharedFolderTask = { folder, rounds }
  const using = start('use-shared-folder', task, victim)
  const outcomes: Record<string, number> = JSON.parse(await text(using.stdout))
  const ended = once(planting, 'close')
  planting.kill('SIGKILL')
  await ended
  return { outcomes, contents: contents() }
}

/** Whether only while a process is about to open the database: between its look and what it does then. */
const attacks: readonly [names: readonly string[], when: 'always' | 'while it opens'][] = [
  [['chat.db-owner'], 'always'],
  [['chat.db-owner'], 'while it opens'],
  [['chat.db-lock', 'chat.db-lock-journal'], 'always'],
  [['chat.db-wal', 'chat.db-shm', 'chat.db-journal'], 'always'],
  [['chat.db-wal', 'chat.db-shm', 'chat.db-journal'], 'while it opens'],
  [['backup.db.unfinished', 'backup.db-lock', 'backup.db-owner'], 'always'],
  [['backup.db'], 'always'],
  [['chat.db'], 'always'],
]

describe.runIf(canBeOthers)('links that another user plants in a shared folder', () => {
  it.each(attacks)(
    'under the names %j, %s: have nothing written to the victim’s files',
    async (names, when) => {
      const { outcomes, contents } = await attack(names, when === 'while it opens')
      expect(contents).toEqual(untouched)
      const codes = Object.keys(outcomes).map((outcome) => outcome.split(': ')[1] ?? '')
      expect(codes.filter((code) => code === 'INTERNAL' || !/^(ok|[A-Z_]+)$/.test(code))).toEqual([])
      reportFigures(`links planted ${when}, ${names.join(' ')}`, outcomes)
    },
  )

  it.runIf(followsLinks)('(the control) have a careless program write to them', async () => {
    const { folder, home, contents } = await makeFolders()
    const task: PlantTask = { folder, names: ['careless'], targets: [join(home, 'precious')] }
    const planting = start('plant-links', task, attacker)
    await once(planting.stdout, 'data')
    for (let round = 0; round < 20 && contents()['precious'] === 'precious'; round += 1) {
      const careless: SharedFolderTask = { folder, rounds: 0, careless: join(folder, 'careless') }
      await once(start('use-shared-folder', careless, victim), 'close')
      rmSync(join(folder, 'careless'), { force: true })
    }
    planting.kill('SIGKILL')
    expect(contents()['precious']).toBe('written by a careless program')
  })
})
