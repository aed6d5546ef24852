import type { ChangePage } from '../../protocol/models.js'
import type { ListChangesParams } from '../../protocol/parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'

/** What was committed, in the order of the commits. */
export function changeCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * One page of the changes behind a cursor, for whoever asks now and then; `subscribe` waits for them.
     *
     * @param page `after`: an event's `cursor` or the page before's `nextCursor`; without it no changes, and the cursor of the
     *   present end. `channelId`: of one channel only. `limit` 1 to 10,000, default 100. A page ends after 8 Mi characters, or when
     *   10,000 changes were looked at, so it may be empty while `hasMore` is true.
     * @returns the changes, oldest first; `nextCursor` to go on from, and whether there are more by now.
     * @throws INVALID_ARGUMENT, CURSOR_TOO_OLD (the changes behind it are not kept any more: 100,000 are, beside stored messages)
     * @example const { items, nextCursor } = await db.listChanges({ after: cursor, limit: 1_000 })
     */
    listChanges: (page: ListChangesParams = {}, options?: CallOptions): Promise<ChangePage<Metadata>> =>
      execute('listChanges', page, options),
  }
}
