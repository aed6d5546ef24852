import type { Random } from '../random.js'
import type { Theme } from './language.js'

export const emoji: Readonly<Record<Theme, readonly string[]>> = {
  technology: ['🤔', '💻', '🐛', '🎉', '🔧', '👩🏽‍💻'],
  food: ['😋', '🍞', '🥘', '☕️', '🌶️', '👨‍🍳'],
  music: ['🎶', '🎸', '🎧', '🎷', '🥁', '😍'],
  travel: ['🚆', '🏔️', '🧳', '🌍', '🇵🇹', '😎'],
  sport: ['💪🏾', '🏃‍♀️', '🚴', '⚽️', '🥇', '😅'],
}

export const moods: readonly string[] = ['🙂', '😂', '👍', '👍🏿', '❤️', '🙏', '🔥', '👀', '😴', '🥳']

/** What people paste when they talk about technology. */
export const snippets: readonly string[] = [
  '```sql\nSELECT channel_id, count(*) FROM messages GROUP BY 1 ORDER BY 2 DESC;\n```',
  "```ts\nconst page = await db.getMessages({ channelId: 'general', limit: 50 })\n```",
  '```sh\nsqlite3 chat.db ".backup chat-copy.db"\n```',
  '```sql\nPRAGMA journal_mode = WAL;\n```',
  '```ts\nfor (const user of users) console.log(`${user.displayName}: ${user.messageCount}`)\n```',
  '`Error: SQLITE_BUSY: database is locked`',
]

/** A web address under a domain that is reserved for examples (RFC 2606). */
export function link(random: Random, theme: Theme): string {
  return `https://example.org/${theme}/${random.integer(100, 9999)}`
}
