import { id, json, name, nullable, object, optional, paging, time } from '../fields.js'
import type { Channel, Page } from '../models.js'
import { read, returns, write } from '../operation.js'

export const channelOperations = {
  upsertChannel: write(
    object({
      channelId: id,
      name: nullable(name),
      metadata: nullable(json),
      createdAt: optional(time),
      lastActive: nullable(time),
    }),
    returns<Channel>(),
  ),
  getChannel: read(object({ channelId: id }), returns<Channel | undefined>()),
  listChannels: read(object(paging), returns<Page<Channel>>()),
  deleteChannel: write(object({ channelId: id }), returns<boolean>()),
}
