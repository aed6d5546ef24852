import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** They take longest, and the last ones to start keep one core busy while the other has nothing to do. */
const startFirst = ['test/contract/', 'test/cli/serve']

/** What a test file weighs: those, and then the largest, come first. */
const weigh = ({ moduleId }: TestSpecification): number =>
  startFirst.some((name) => moduleId.includes(name)) ? Number.MAX_SAFE_INTEGER : statSync(moduleId).size

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => weigh(other) - weigh(one))
  }
}

/** Of all runs but the torture. */
export const shared = defineConfig({
  test: {
    // On a machine with other work to do everything takes ten times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Most of them wait: for processes to start, for the disk.
    maxWorkers: 4,
    // What the many processes of the tests load is compiled once.
    env: { NODE_COMPILE_CACHE: resolve('node_modules', '.cache', 'node') },
  },
})

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      sequence: { sequencer: LongestFirst },
      projects: [
        {
          extends: true,
          // Every test file in a process of its own: real threads, real files, native code.
          test: {
            name: 'process',
            include: ['test/**/*.test.ts'],
            exclude: [
              'test/**/*.thread.test.ts',
              'test/**/*.long.test.ts',
              'test/**/*.server.test.ts',
              'test/torture/**',
            ],
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
  }),
)
