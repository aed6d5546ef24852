import type { Params } from 'convodb'
import { removeMessage } from './message-writes.js'
import { removeSegment } from './segment-writes.js'
import { now, timeOf, type State } from './state.js'
import { channelView } from './views.js'

export const channelWrites = {
  upsertChannel(state: State, { channelId, name, metadata, createdAt }: Params<'upsertChannel'>) {
    const current = state.channels.get(channelId)
    state.channels.set(channelId, {
      name: name === undefined ? (current?.name ?? null) : name,
      metadata: metadata === undefined ? (current?.metadata ?? null) : metadata,
      createdAt: createdAt === undefined ? (current?.createdAt ?? now) : timeOf(createdAt),
      lastActive: current?.lastActive ?? null,
    })
    return channelView(state, channelId)
  },

  deleteChannel(state: State, { channelId }: Params<'deleteChannel'>) {
    for (const message of state.messages.values()) {
      if (message.channelId === channelId) removeMessage(state, message.messageId)
    }
    for (const segment of state.segments.values()) {
      if (segment.channelId === channelId) removeSegment(state, segment.segmentId)
    }
    return state.channels.delete(channelId)
  },
}
