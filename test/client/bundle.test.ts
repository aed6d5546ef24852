import { gzipSync } from 'node:zlib'
import { rolldown, type OutputChunk } from 'rolldown'
import { expect, it } from 'vitest'

/** A file of the bundle with all that it needs before it runs. */
function withImports(name: string, files: ReadonlyMap<string, OutputChunk>): OutputChunk[] {
  const file = files.get(name)
  return file === undefined ? [] : [file, ...file.imports.flatMap((needed) => withImports(needed, files))]
}

it('convodb/client is less than 15 kB minified and gzipped, and needs nothing of Node’s', async () => {
  const bundle = await rolldown({ input: 'dist/main/client.js', platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  const files = new Map(chunks.map((file) => [file.fileName, file]))
  const needed = new Set(withImports(output[0].fileName, files))
  expect(gzipSync([...needed].map(({ code }) => code).join('')).length).toBeLessThan(15_000)
  for (const { code, imports } of chunks) {
    expect(imports.filter((name) => !files.has(name))).toEqual([])
    expect(code).not.toMatch(/from\s*["']node:|require\(/)
  }
  // What is loaded when it is called.
  expect(chunks.filter((file) => !needed.has(file)).length).toBeGreaterThan(0)
})
