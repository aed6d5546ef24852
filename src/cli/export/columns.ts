import type { RowKind } from './rows.js'

/** What a column holds: JSON and a segment's members stand in it as text. */
export type ColumnType = 'text' | 'time' | 'number' | 'json'

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

const columns = (types: Readonly<Record<string, ColumnType>>): readonly Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }))

/** The columns of tables, by the names that NDJSON has, too. */
export const columnsOf: { readonly [Kind in RowKind]: readonly Column[] } = {
  messages: columns({
    messageId: 'text',
    channelId: 'text',
    userId: 'text',
    content: 'text',
    timestamp: 'time',
    messageType: 'text',
    replyToMessageId: 'text',
    editedAt: 'time',
    metadata: 'json',
  }),
  channels: columns({ channelId: 'text', name: 'text', createdAt: 'time', metadata: 'json' }),
  segments: columns({
    segmentId: 'text',
    channelId: 'text',
    startTime: 'time',
    endTime: 'time',
    summary: 'text',
    coherenceScore: 'number',
    activityLevel: 'number',
    vector: 'text',
    metadata: 'json',
    messages: 'json',
  }),
}
