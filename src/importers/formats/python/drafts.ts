import type { Draft } from '../../found.js'
import type { PythonRow, PythonTable } from '../../../protocol/python-database.js'
import type { Notes } from '../../notes.js'
import { toMetadata } from '../metadata.js'
import { jsonOf, numberOf, objectOf, optionalTimeOf, textOf, timeOf, vectorOf } from './columns.js'

type ToDrafts = (row: PythonRow, notes: Notes) => readonly Draft[]

const id = (row: PythonRow, column: string): string => textOf(row, column) ?? ''
/** What is not there is refused as a time, by name. */
const time = (row: PythonRow, column: string): number | string => timeOf(row, column) ?? ''

const tables: { readonly [Table in PythonTable]: ToDrafts } = {
  channels: (row, notes) => [
    {
      kind: 'channel',
      model: {
        channelId: id(row, 'channel_id'),
        createdAt: optionalTimeOf(row, 'created_at', notes),
        lastActive: optionalTimeOf(row, 'last_active', notes),
        metadata: {
          ...objectOf(row, 'metadata'),
          ...toMetadata({
            source: 'python',
            workspace: { id: textOf(row, 'guild_id') },
            extra: {
              vectorEnabled: numberOf(row, 'vector_enabled') ?? null,
              configProfile: textOf(row, 'config_profile') ?? null,
            },
          }),
        },
      },
    },
  ],
  messages: (row) => {
    const type = textOf(row, 'message_type') ?? 'user'
    return [
      {
        kind: 'message',
        model: {
          messageId: id(row, 'message_id'),
          channelId: id(row, 'channel_id'),
          userId: id(row, 'user_id'),
          content: id(row, 'content'),
          timestamp: time(row, 'timestamp'),
          messageType: type === 'user' ? 'message' : type,
          metadata: {
            ...objectOf(row, 'metadata'),
            ...toMetadata({
              source: 'python',
              extra: {
                contentProcessed: textOf(row, 'content_processed') ?? null,
                relevanceScore: numberOf(row, 'relevance_score') || null,
              },
            }),
          },
        },
      },
    ]
  },
  users: (row, notes) => [
    {
      kind: 'user',
      model: {
        userId: id(row, 'user_id'),
        displayName: textOf(row, 'display_name') ?? null,
        firstSeen: optionalTimeOf(row, 'created_at', notes),
        metadata: toMetadata({
          source: 'python',
          extra: {
            discordId: textOf(row, 'discord_id') ?? null,
            userData: jsonOf(row, 'user_data') ?? null,
            preferences: jsonOf(row, 'preferences') ?? null,
          },
        }),
      },
    },
  ],
  user_profiles: (row, notes) => {
    const history = jsonOf(row, 'interaction_history')
    return [
      {
        kind: 'profile',
        model: {
          userId: id(row, 'user_id'),
          // One without a time is older than any that has one, and the same in every run.
          updatedAt: optionalTimeOf(row, 'updated_at', notes) ?? 0,
          profile: {
            ...objectOf(row, 'profile_data'),
            ...(history === undefined ? {} : { interactionHistory: history }),
          },
        },
      },
    ]
  },
  conversation_segments: (row, notes) => {
    const vector = vectorOf(row, 'vector_data')
    if (vector === undefined && row['vector_data'] != null)
      notes.skip('vectors of segments that are no float32')
    return [
      {
        kind: 'segment',
        model: {
          segmentId: id(row, 'segment_id'),
          channelId: id(row, 'channel_id'),
          startTime: time(row, 'start_time'),
          endTime: time(row, 'end_time'),
          summary: textOf(row, 'segment_summary') ?? null,
          coherenceScore: numberOf(row, 'semantic_coherence_score') ?? null,
          activityLevel: numberOf(row, 'activity_level') ?? null,
          vector: vector ?? null,
          metadata: { ...objectOf(row, 'metadata'), source: 'python' },
        },
      },
    ]
  },
  segment_messages: (row) => [
    {
      kind: 'members',
      model: {
        segmentId: id(row, 'segment_id'),
        messages: [
          {
            messageId: id(row, 'message_id'),
            position: numberOf(row, 'position_in_segment'),
            contributionScore: numberOf(row, 'semantic_contribution_score') ?? null,
          },
        ],
      },
    },
  ],
  embeddings: (row, notes) => {
    const vector = vectorOf(row, 'vector_data')
    if (vector === undefined) {
      notes.skip('vectors that are no float32')
      return []
    }
    const dimension = numberOf(row, 'dimension')
    if (dimension !== undefined && dimension !== vector.length) {
      notes.skip('vectors whose dimension is not what the row says')
      return []
    }
    return [
      {
        kind: 'embedding',
        model: {
          ownerType: 'message',
          ownerId: id(row, 'message_id'),
          model: id(row, 'model_version'),
          vector,
          createdAt: optionalTimeOf(row, 'created_at', notes),
        },
      },
    ]
  },
}

/** What a row of a table is with us. */
export const draftsOf = (table: PythonTable, row: PythonRow, notes: Notes): readonly Draft[] =>
  tables[table](row, notes)
