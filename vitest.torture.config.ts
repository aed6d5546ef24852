import { defineConfig } from 'vitest/config'

/** Crashes and faults: minutes of work, so apart from the other tests. `--mode` chooses the sizes (test/torture/scale.ts). */
export default defineConfig({
  test: {
    include: ['test/torture/**/*.torture.test.ts'],
    pool: 'forks',
    // One after another: each of them keeps the machine busy.
    fileParallelism: false,
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
    // On a machine with other work to do a second is nothing.
    expect: { poll: { timeout: 60_000 } },
    reporters: ['verbose'],
  },
})
