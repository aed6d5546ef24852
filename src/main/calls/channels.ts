import type { Channel, Page } from '../../protocol/models.js'
import type { Paging, UpsertChannelParams } from '../../protocol/parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import { idParams, type IdOr } from './id-params.js'
import type { Execute } from './execute.js'

/** Channels. A channel comes into being with its first message; these calls name, list and remove it. */
export function channelCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * Creates a channel or changes the fields that are given; its messages stay as they are.
     *
     * @param channel `channelId`; `name` (up to 1,024 characters), `metadata`: null clears, left out keeps; `createdAt`
     *   defaults to now for a new channel.
     * @returns the channel as it is now, durable.
     * @throws INVALID_ARGUMENT, OVERLOADED, and every call's ABORTED, TIMEOUT, CLOSED
     * @example await db.upsertChannel({ channelId: 'general', name: '#general', metadata: { topic: 'anything' } })
     */
    upsertChannel: (
      channel: UpsertChannelParams<Metadata>,
      options?: CallOptions,
    ): Promise<Channel<Metadata>> => execute('upsertChannel', channel, options),

    /**
     * @returns the channel, or undefined when there is none of this id.
     * @throws INVALID_ARGUMENT
     * @example const channel = await db.getChannel('general')
     */
    getChannel: (channel: IdOr<'channelId'>, options?: CallOptions): Promise<Channel<Metadata> | undefined> =>
      execute('getChannel', idParams('channelId', channel), options),

    /**
     * Lists channels in the order in which they came into being.
     *
     * @param page `limit` 1 to 10,000, default 100; `order` default `'desc'`, newest first; `cursor` from the page before.
     * @throws INVALID_ARGUMENT
     * @example const { items, nextCursor } = await db.listChannels({ limit: 20 })
     */
    listChannels: (page: Paging = {}, options?: CallOptions): Promise<Page<Channel<Metadata>>> =>
      execute('listChannels', page, options),

    /**
     * Deletes a channel with its messages, segments, their members and embeddings, in one transaction.
     *
     * @returns whether there was one.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.deleteChannel('general')
     */
    deleteChannel: (channel: IdOr<'channelId'>, options?: CallOptions): Promise<boolean> =>
      execute('deleteChannel', idParams('channelId', channel), options),
  }
}
