import { expect, it } from 'vitest'
import { startPageTime } from '../../src/workers/reading/page-time.js'

it('a page takes 32 steps however long they take, and no more when its time is over', () => {
  const mayGoOn = startPageTime()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
  expect(Array.from({ length: 32 }).every(() => mayGoOn())).toBe(true)
  expect(mayGoOn()).toBe(false)
})
