import { ConvoDbError, type Channel, type DatabaseManager } from '../main/index.js'

/** @throws NOT_FOUND when there is no such channel: an empty answer would hide a typing error */
export async function findChannel(db: DatabaseManager, channelId: string): Promise<Channel> {
  const channel = await db.getChannel({ channelId })
  if (channel !== undefined) return channel
  throw new ConvoDbError('NOT_FOUND', `There is no channel '${channelId}'`, { channelId })
}
