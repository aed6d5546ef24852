import { expect, it } from 'vitest'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { runLeases } from './support/lease-run.js'
import { scratchFolder } from './support/scratch.js'

it.each([2, 3, 5, 8])(
  '%i threads that lease, store, abort and run out of time, while writers die: all or nothing, as told',
  async (threads) => {
    const task = { threads, steps: Math.ceil(scale.leases / threads), kills: 10 }
    const { wrong, codes, ...figures } = await runLeases(scratchFolder(), task)
    reportFigures(`leases of ${threads} threads`, { ...figures, wrong: wrong.length, ...codes })
    expect(wrong).toEqual([])
    expect(figures.restarts).toBeGreaterThan(0)
    expect(Object.keys(codes)).not.toContain('CONFLICT')
    // Nothing is stored twice, neither by itself nor in a batch.
    expect(Object.keys(codes)).not.toContain('ALREADY_EXISTS')
  },
)

it('the control: without a record of committed batches some of it is done twice, and that is noticed', async () => {
  const task = { threads: 3, steps: Math.ceil(scale.leases / 3), kills: 10 }
  const { codes } = await runLeases(scratchFolder(), task, { FORGETS_BATCHES: '1' })
  expect(Object.keys(codes)).toContain('ALREADY_EXISTS')
})
