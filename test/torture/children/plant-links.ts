import { existsSync, symlinkSync, unlinkSync } from 'node:fs'

/** Puts symbolic links to a victim's files under names in a shared folder, again and again, until it is killed. */
export interface PlantTask {
  readonly folder: string
  readonly names: readonly string[]
  readonly targets: readonly string[]
  /** Only while this is there. */
  readonly whileThere?: string
}

const { folder, names, targets, whileThere }: PlantTask = JSON.parse(process.argv[2] ?? '')
const quietly = (act: () => void): void => {
  try {
    act()
  } catch {
    // The other one was quicker.
  }
}

process.stdout.write('planting')
for (let n = 0; ; n += 1) {
  const target = targets[n % targets.length] ?? ''
  const isTime = whileThere === undefined ? n % 7 !== 0 : existsSync(whileThere)
  for (const name of names) {
    const path = `${folder}/${name}`
    quietly(() => (isTime ? symlinkSync(target, path) : unlinkSync(path)))
  }
}
