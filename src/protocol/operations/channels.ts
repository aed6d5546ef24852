import { id, json, name, nullable, object, optional, paging, time } from '../fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import type { ChannelRef, Paging, UpsertChannelParams } from '../parameters.js'
import { channel } from '../result-models.js'
import { orUndefined, pageOf, truth } from '../results.js'

export const channelOperations = {
  upsertChannel: writeAfterIndexing({
    params: object<UpsertChannelParams>({
      channelId: id,
      name: nullable(name),
      metadata: nullable(json),
      createdAt: optional(time),
      lastActive: nullable(time),
    }),
    result: channel,
  }),
  getChannel: read({ params: object<ChannelRef>({ channelId: id }), result: orUndefined(channel) }),
  listChannels: read({ params: object<Paging>(paging), result: pageOf(channel) }),
  deleteChannel: write({ params: object<ChannelRef>({ channelId: id }), result: truth }),
}
