import type { DatabaseManager, OperationName } from 'convodb'
import { afterAll, beforeAll, describe } from 'vitest'
import { changeCases } from './changes.js'
import { describeSubscriptions } from './subscriptions.js'
import { channelCases } from './channels.js'
import { embeddingCases } from './embeddings.js'
import { vectorSearchCases } from './vector-search.js'
import { forgettingCases } from './forgetting.js'
import { historyCases } from './history.js'
import { importedHistoryCases } from './imported-history.js'
import { maintenanceCases } from './maintenance.js'
import { messageCases } from './messages.js'
import { describePendingEmbeddings, pendingCases } from './pending.js'
import { profileCases } from './profiles.js'
import { recallCases } from './recall.js'
import { searchCases } from './search.js'
import { segmentCases } from './segments.js'
import { describeSegmentChannel } from './segment-channel.js'
import { segmentingCases } from './segmenting.js'
import { transferCases } from './transfer.js'
import { activeUserCases } from './active-users.js'
import { matchingMessageCases } from './matching-messages.js'
import { messageCountCases } from './message-counts.js'
import { userMessageCases } from './user-messages.js'
import { userCases } from './users.js'
import { describeFilteredMessages } from './filtered-messages.js'
import { describeShownUsers } from './shown-users.js'
import { describeEveryEntrance } from './every-operation.js'
import { describeLeases } from './leases.js'
import { describeLeaseSql } from './lease-sql.js'
import { describeLeaseViews } from './lease-views.js'
import { describeLongPages } from './long-pages.js'
import { describeUnindexedMessages } from './unindexed.js'
import { describeBatches } from './batches.js'
import { describeExecuteEach } from './execute-each.js'
import { describeIdempotencyKeys } from './idempotency-keys.js'
import { noteBehind, type Behind } from './sqlite-sql.js'
import { describeTransactions } from './transactions.js'
import { describeValues } from './values.js'

/** Gives the database under test; the contract's cases share one and keep out of each other's way by their ids. */
export type GetDatabase = () => DatabaseManager

/** What an operation promises. The compiler names every operation that has no case here. */
const cases: { readonly [N in OperationName]: (db: GetDatabase) => void } = {
  // First: everything that is there by then has to get a vector, or is exported.
  ...pendingCases,
  ...transferCases,
  ...channelCases,
  ...messageCases,
  ...historyCases,
  ...importedHistoryCases,
  ...searchCases,
  ...recallCases,
  ...segmentCases,
  ...segmentingCases,
  ...embeddingCases,
  ...vectorSearchCases,
  ...userCases,
  ...userMessageCases,
  ...messageCountCases,
  ...matchingMessageCases,
  ...activeUserCases,
  ...profileCases,
  ...forgettingCases,
  ...maintenanceCases,
  ...changeCases,
}

/** The one suite that every executor passes: same operations, same errors, same edge values. */
export function describeContract(
  executor: string,
  open: () => Promise<DatabaseManager>,
  { sql = 'sqlite', servers = 1 }: Partial<Behind> = {},
): void {
  describe(`contract of the ${executor} executor`, () => {
    let database: DatabaseManager
    beforeAll(async () => {
      database = await open()
      noteBehind(database, { sql, servers })
    })
    afterAll(() => database.close())
    const db = () => database
    describePendingEmbeddings(db)
    // Early, while there is little: their statements look at whole tables.
    if (sql === 'sqlite') {
      describeLeases(db)
      describeLeaseSql(db)
      describeLeaseViews(db)
    }
    for (const [name, describeCase] of Object.entries(cases)) describe(name, () => describeCase(db))
    describeEveryEntrance(db)
    describeValues(db)
    describeTransactions(db)
    describeBatches(db)
    describeExecuteEach(db)
    describeIdempotencyKeys(db)
    describeUnindexedMessages(db)
    describeFilteredMessages(db)
    describeShownUsers(db)
    describeLongPages(db)
    describeSubscriptions(db)
    describeSegmentChannel(db)
  })
}
