import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'

/** How a statement is told of which channels it is; `$1` is null, an id or a list of ids then. */
export type ChannelForm = 'all' | 'one' | 'some'

/** By an index that begins with the channel, rows of one channel come in its order. */
const conditions: { readonly [Form in ChannelForm]: (table: string) => string } = {
  all: () => `$1::text[] IS NULL`,
  one: (table) => `${table}.channel_id = $1::text`,
  some: (table) => `${table}.channel_id = ANY ($1::text[])`,
}

/** A statement in all its forms. Each table's channel is named, so that a cluster asks the nodes concerned alone. */
export const inChannels = (
  write: (of: (table: string) => string) => string,
): { readonly [Form in ChannelForm]: string } => ({
  all: `/* all nodes */ ${write(conditions.all)}`,
  one: write(conditions.one),
  some: write(conditions.some),
})

export function formOf(channelIds: readonly string[] | undefined): ChannelForm {
  if (channelIds === undefined) return 'all'
  return channelIds.length === 1 ? 'one' : 'some'
}

/** What `$1` is bound to. */
export function boundChannels(session: Session, channelIds: readonly string[] | undefined): Value {
  if (channelIds === undefined) return null
  const [first] = channelIds
  return first !== undefined && channelIds.length === 1 ? session.id(first) : session.ids(channelIds)
}
