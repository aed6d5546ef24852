import type { PythonTable } from '../../protocol/python-database.js'

/** What the original let happen, and a query that counts it. */
export interface Inconsistency {
  readonly what: string
  readonly tables: readonly PythonTable[]
  readonly count: string
}

// Walks over whole tables, once, in a file of somebody else's: its own indexes serve where it has some.
export const inconsistencies: readonly Inconsistency[] = [
  {
    what: 'channels whose message_count is not that of their messages',
    tables: ['channels', 'messages'],
    count: `SELECT count(*) FROM channels
      LEFT JOIN (SELECT channel_id, count(*) AS stored FROM messages GROUP BY channel_id) AS counted USING (channel_id)
      WHERE channels.message_count IS NOT coalesce(counted.stored, 0)`,
  },
  {
    what: 'messages of channels that are not there',
    tables: ['channels', 'messages'],
    count: `SELECT count(*) FROM messages WHERE channel_id NOT IN (SELECT channel_id FROM channels)`,
  },
  {
    what: 'messages of users that are not there',
    tables: ['users', 'messages'],
    count: `SELECT count(*) FROM messages WHERE user_id NOT IN (SELECT user_id FROM users)`,
  },
  {
    what: 'profiles of users that are not there',
    tables: ['users', 'user_profiles'],
    count: `SELECT count(*) FROM user_profiles WHERE user_id NOT IN (SELECT user_id FROM users)`,
  },
  {
    what: 'users with more than one profile, of which the latest stays',
    tables: ['user_profiles'],
    count: `SELECT count(*) FROM (SELECT user_id FROM user_profiles GROUP BY user_id HAVING count(*) > 1)`,
  },
  {
    what: 'segments whose message_count is not that of their members',
    tables: ['conversation_segments', 'segment_messages'],
    count: `SELECT count(*) FROM conversation_segments
      LEFT JOIN (SELECT segment_id, count(*) AS stored FROM segment_messages GROUP BY segment_id) AS counted USING (segment_id)
      WHERE conversation_segments.message_count IS NOT coalesce(counted.stored, 0)`,
  },
  {
    what: 'messages with more than one vector of a model, of which the latest stays',
    tables: ['embeddings'],
    count: `SELECT count(*) FROM (
      SELECT message_id FROM embeddings GROUP BY message_id, model_version HAVING count(*) > 1)`,
  },
]
