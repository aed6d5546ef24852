import type { DatabaseManager, OperationName } from 'convodb'
import { expect, expectTypeOf, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'

/**
 * Operations that are part of another call: `countRows` of `stats`, the next two and `releaseSpace` of `applyRetention`,
 * `deleteMatchingMessages` of `deleteMessages`, the next two of
 * `segmentChannel`. The last six are for an export and its import.
 */
type WithoutCall = Exclude<OperationName, keyof DatabaseManager>

it('has a call for every operation; the compiler names one that has none', () => {
  expectTypeOf<WithoutCall>().toEqualTypeOf<
    | 'countRows'
    | 'countExpiredMessages'
    | 'deleteExpiredMessages'
    | 'deleteMatchingMessages'
    | 'releaseSpace'
    | 'getSegmentingStep'
    | 'applySegmentingStep'
    | 'exportRows'
    | 'importForgottenUsers'
    | 'importModels'
    | 'importReactions'
    | 'importMessageVersions'
    | 'importUserActivity'
  >()
})

it('has the calls on users by themselves, too', async () => {
  const db = await temporaryDatabase()
  expect(Object.keys(db)).toEqual(expect.arrayContaining(Object.keys(db.users)))
})
