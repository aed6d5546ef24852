import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'

it('convodb/client is less than 18 kB minified and gzipped, and needs nothing of Node’s', async () => {
  const bundle = await rolldown({ input: 'dist/main/client.js', platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const [{ code, imports }] = output
  expect(imports).toEqual([])
  expect(output).toHaveLength(1)
  expect(code).not.toMatch(/from\s*["']node:|require\(/)
  expect(gzipSync(code).length).toBeLessThan(18_000)
})
