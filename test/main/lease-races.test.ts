import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { runLeases } from '../torture/support/lease-run.js'

// In ten times the size, with writers that die: test/torture/leases.torture.test.ts.
it('leases of several threads are all or nothing, each as its caller was told, and messages beside them stand', async () => {
  const figures = await runLeases(await temporaryFolder(), { threads: 4, steps: 60, kills: 0 })
  expect(figures.wrong).toEqual([])
  expect(figures.committed).toBeGreaterThan(0)
  expect(Object.keys(figures.codes)).toEqual(
    expect.arrayContaining(['thrown', 'ABORTED', 'TRANSACTION_ENDED', 'SQL_NOT_ALLOWED', 'LEASE_EXPIRED']),
  )
})
