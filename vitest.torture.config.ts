import { defineConfig } from 'vitest/config'

/** Tests that take minutes and machines to pieces; `npm test` leaves them out. */
export default defineConfig({
  test: {
    include: ['test/torture/**/*.torture.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
  },
})
