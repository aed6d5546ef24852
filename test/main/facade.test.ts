import type { DatabaseManager, OperationName, UserManager } from 'convodb'
import { expect, expectTypeOf, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'

/**
 * Operations that are part of another call: `countRows` of `stats`, the next three of `applyRetention`. The last four are for
 * an export and its import.
 */
type WithoutCall = Exclude<OperationName, keyof DatabaseManager | keyof UserManager>

it('has a call for every operation; the compiler names one that has none', () => {
  expectTypeOf<WithoutCall>().toEqualTypeOf<
    | 'countRows'
    | 'countExpiredMessages'
    | 'deleteExpiredMessages'
    | 'releaseSpace'
    | 'exportRows'
    | 'importForgottenUsers'
    | 'importModels'
    | 'importUserActivity'
  >()
})

it('makes the user manager when it is first asked for, and keeps it', async () => {
  const db = await temporaryDatabase()
  expect(db.users).toBe(db.users)
})
