import { id, json, name, nullable, object, optional, paging, time } from '../fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import { channel } from '../result-models.js'
import { orUndefined, pageOf, truth } from '../results.js'

export const channelOperations = {
  upsertChannel: writeAfterIndexing({
    params: object({
      channelId: id,
      name: nullable(name),
      metadata: nullable(json),
      createdAt: optional(time),
      lastActive: nullable(time),
    }),
    result: channel,
  }),
  getChannel: read({ params: object({ channelId: id }), result: orUndefined(channel) }),
  listChannels: read({ params: object(paging), result: pageOf(channel) }),
  deleteChannel: write({ params: object({ channelId: id }), result: truth }),
}
