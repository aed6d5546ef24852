import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** What `npm publish` would send, as paths. */
async function packedFiles(): Promise<ReadonlySet<string>> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    // On Windows npm is a script.
    shell: process.platform === 'win32',
  })
  const [packed]: { files: { path: string }[] }[] = JSON.parse(stdout)
  return new Set(packed?.files.map(({ path }) => path))
}

/** The pages that the package itself names: in its messages, its help, its manual and its README. */
async function namedPages(): Promise<string[]> {
  const programs = (await readdir('dist', { recursive: true })).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(
    ['README.md', 'dist/convodb.1', ...programs.map((name) => join('dist', name))].map((path) =>
      readFile(path, 'utf8'),
    ),
  )
  return [...new Set(texts.flatMap((text) => text.match(/docs\/[\w-]+\.md/g) ?? []))]
}

describe('the published package', () => {
  it('has every page of the documentation that it names', async () => {
    const files = await packedFiles()
    const pages = await namedPages()
    expect(pages).toContain('docs/bundlers.md')
    expect(pages.filter((page) => !files.has(page))).toEqual([])
  })

  it('has the programs, their types and the manual, and nothing that only its makers need', async () => {
    const files = [...(await packedFiles())]
    for (const path of ['LICENSE', 'README.md', 'dist/convodb.1', 'dist/types/main/index.d.cts'])
      expect(files).toContain(path)
    expect(
      files.filter((path) => !/^(dist|docs|examples)\/|^(LICENSE|README\.md|package\.json)$/.test(path)),
    ).toEqual([])
    expect(files.filter((path) => /\.map$|\.tsbuildinfo$|\.db$/.test(path))).toEqual([])
  })
})
