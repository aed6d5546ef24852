import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // On a machine with other work to do everything takes ten times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Most of them wait: for processes to start, for the disk.
    maxWorkers: 4,
    // What the many processes of the tests load is compiled once.
    env: { NODE_COMPILE_CACHE: resolve('node_modules', '.cache', 'node') },
    projects: [
      {
        extends: true,
        // Every test file in a process of its own: real threads, real files, native code.
        test: {
          name: 'process',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.thread.test.ts', 'test/torture/**'],
          pool: 'forks',
        },
      },
      {
        extends: true,
        // What runs beside the main thread is tested there.
        test: { name: 'thread', include: ['test/**/*.thread.test.ts'], pool: 'threads' },
      },
    ],
  },
})
