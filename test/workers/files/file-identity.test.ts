import { link, mkdir, open, rename, rm, symlink, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fateOf, identityOf } from '../../../src/workers/files/file-identity.js'
import { temporaryFolder } from '../../support/databases.js'

let held: FileHandle | undefined
afterEach(() => held?.close())

/** A file that is kept open, as a database is: its number is not given to another. */
async function fileWithIdentity() {
  const folder = await temporaryFolder()
  const path = join(folder, 'file')
  await writeFile(path, 'one')
  held = await open(path)
  const identity = identityOf(path)
  if (identity === undefined) throw new Error('The file is not there')
  return { folder, path, identity }
}

describe('fateOf tells of a name that it', () => {
  it('stands for the same file, also after it was written to', async () => {
    const { path, identity } = await fileWithIdentity()
    await writeFile(path, 'two')
    expect(fateOf(path, identity)).toBe('same')
  })

  it('stands for nothing, where the file or its folder is gone', async () => {
    const { folder, path, identity } = await fileWithIdentity()
    await rm(path)
    expect(fateOf(path, identity)).toBe('missing')
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file in the place of the folder')
    expect(fateOf(path, identity)).toBe('missing')
  })

  it('stands for another file with the same contents', async () => {
    const { folder, path, identity } = await fileWithIdentity()
    const other = join(folder, 'other')
    await writeFile(other, 'one')
    await rename(other, path)
    expect(fateOf(path, identity)).toBe('replaced')
    await rm(path)
    await mkdir(path)
    expect(fateOf(path, identity)).toBe('replaced')
  })

  it('stands for the same file, which has a second name', async () => {
    const { folder, path, identity } = await fileWithIdentity()
    const other = join(folder, 'other')
    await link(path, other)
    expect(fateOf(path, identity)).toBe('linked')
    expect(fateOf(other, identity)).toBe('linked')
    await rm(other)
    expect(fateOf(path, identity)).toBe('same')
  })

  it('is a symbolic link to the same file: that is no second file', async () => {
    const { folder, path, identity } = await fileWithIdentity()
    const other = join(folder, 'other')
    await symlink(path, other)
    expect(fateOf(other, identity)).toBe('same')
  })
})

it('identityOf knows no file that is not there', async () => {
  expect(identityOf(join(await temporaryFolder(), 'none'))).toBeUndefined()
})
