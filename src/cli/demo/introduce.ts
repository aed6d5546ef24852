import type { DatabaseManager } from '../../main/index.js'
import type { Chat } from './chat.js'
import { chatStartMs } from './rhythm.js'

/** Stores who takes part and where, before anything is said. */
export async function introduce(db: DatabaseManager, { channels, people }: Chat): Promise<void> {
  await Promise.all([
    ...channels.map(({ channelId, name, language, theme }) =>
      db.upsertChannel({
        channelId,
        name,
        metadata: { language: language.code, theme },
        createdAt: chatStartMs,
      }),
    ),
    ...people.flatMap(({ userId, displayName, profile }) => [
      db.users.upsertUser({ userId, displayName }),
      db.users.updateProfile({ userId, profile }),
    ]),
  ])
}
