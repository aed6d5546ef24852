import { pools } from './fields.js'

/** Ids that only poisoned writes and the preparation name. */
const others = ['~kept', '~gone', '~poisoned', '~none']

export type Ids = ReturnType<typeof idsOf>

/** Every id that a run may have used. */
export function idsOf(prefix: string) {
  const own = (ids: readonly string[]) => [...ids, ...others].map((id) => id.replace('~', prefix))
  return {
    channelIds: own(pools.channelIds),
    userIds: own(pools.userIds),
    messageIds: own(pools.messageIds),
    segmentIds: own(pools.segmentIds),
    models: own(pools.models),
  }
}
