import type { MessageHit, SearchMessagesParams } from 'convodb'
import { message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

export const idsOf = (hits: readonly MessageHit[]): string[] => hits.map(({ messageId }) => messageId)

/** Stores texts in a channel of their own, a second apart, under the ids `<channel>-0`, `<channel>-1` ... */
export async function storeTexts(
  db: GetDatabase,
  channelId: string,
  texts: readonly string[],
): Promise<void> {
  await db().addMessages(
    texts.map((content, index) =>
      message(`${channelId}-${index}`, { channelId, content, timestamp: index * 1_000 }),
    ),
  )
}

/** Stores texts and gives the numbers of those that a question finds, rising. */
export function finder(db: GetDatabase, channelId: string) {
  return async (text: string, params: Partial<SearchMessagesParams> = {}): Promise<number[]> => {
    const { items } = await db().searchMessages({ text, channelId, limit: 1_000, ...params })
    return idsOf(items)
      .map((id) => Number(id.slice(channelId.length + 1)))
      .toSorted((one, other) => one - other)
  }
}
