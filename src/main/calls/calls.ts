import { changeCalls } from './changes.js'
import { channelCalls } from './channels.js'
import { embeddingCalls } from './embeddings.js'
import type { Execute } from './execute.js'
import { historyCalls } from './history.js'
import { messageCalls } from './messages.js'
import { recallCalls } from './recall.js'
import { segmentCalls } from './segments.js'
import { userCalls } from './users.js'

export type Calls<Metadata extends object, Profile extends object> = ReturnType<
  typeof createCalls<Metadata, Profile>
>

/** Every operation on conversations as a named call: on a database, and inside a transaction. */
export const createCalls = <Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) => ({
  ...channelCalls(execute),
  ...messageCalls(execute),
  ...historyCalls(execute),
  ...segmentCalls(execute),
  ...embeddingCalls(execute),
  ...userCalls(execute),
  ...recallCalls(execute),
  ...changeCalls(execute),
})
