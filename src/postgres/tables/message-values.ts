import type { BatchOutcome } from '../../protocol/batch.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { StoreOutcome } from '../../protocol/models.js'
import { absentExtras, extraColumns, extraNames } from '../../protocol/message-fields.js'
import type { WireParams } from '../../protocol/operations.js'
import type { Value } from '../connection/bound-values.js'
import { ofLists, sqlFor } from '../connection/list-rows.js'
import type { Query, Session } from '../connection/session.js'
import type { MessageRecord } from '../reading/message-rows.js'
import { noteForIndex, type WordPlace } from './messages-to-index.js'
import { isPinned } from './pinned.js'

export type Given = WireParams<'storeMessage'>
/** How storing a message ended. */
export type Stored = StoreOutcome | Extract<BatchOutcome, { readonly ok: false }>
export type NewMessage = Omit<WireParams<'storeMessage'>, 'onConflict'>

const columns = `channel_id, message_key, message_id, user_id, content, timestamp, ${extraColumns.join(', ')}, is_pinned`
const types = `
  $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[],
  $11::boolean[]`
const insertMessages = ofLists(
  ['text', 'bigint', 'text', 'text', 'text', 'bigint', 'text', 'text', 'bigint', 'text', 'boolean'],
  (rows) => `INSERT INTO messages (${columns}) ${rows}`,
)
const updateMessages = `
  UPDATE messages SET
    user_id = given.user_id, content = given.content, timestamp = given.timestamp, is_pinned = given.is_pinned,
    ${extraColumns.map((column) => `${column} = given.${column}`).join(', ')}
  FROM unnest(${types}) AS given (${columns})
  WHERE messages.message_key = given.message_key AND messages.channel_id = given.channel_id
    AND messages.channel_id = ANY ($1::text[])`

/** A message that is there. */
export interface CurrentMessage extends MessageRecord {
  readonly messageKey: number
}

/** Whether storing it would change anything. */
export const isChanged = (message: NewMessage, before: CurrentMessage): boolean =>
  message.channelId !== before.channelId ||
  message.userId !== before.userId ||
  message.content !== before.content ||
  message.timestamp !== before.timestamp ||
  extraNames.some((name, index) => (message[name] ?? absentExtras[index] ?? null) !== before[name])

/** A message with the key under which it is kept. */
export interface KeyedMessage {
  readonly message: NewMessage
  readonly messageKey: number
}

/** The insertion of messages that are new, by their channels: neighbours in a channel are in the same pages then. */
export const prepareRows = (session: Session, messages: readonly KeyedMessage[]): Query =>
  session.prepare(sqlFor(session, insertMessages), valuesOf(session, messages.toSorted(byChannel)))

const byChannel = ({ message: one }: KeyedMessage, { message: other }: KeyedMessage): number =>
  one.channelId === other.channelId ? 0 : one.channelId < other.channelId ? -1 : 1

/** Of messages that are new. */
export function insertRows(session: Session, messages: readonly KeyedMessage[], rows: Query): void {
  session.sendPrepared(rows)
  noteForIndex(session, messages.map(wordPlaceOf))
}

export const wordPlaceOf = ({ message, messageKey }: KeyedMessage): WordPlace => ({
  channelId: message.channelId,
  messageKey,
})

/** Of messages that stay in their channels. */
export const updateRows = (session: Session, messages: readonly KeyedMessage[]): Promise<number> =>
  session.run(updateMessages, valuesOf(session, messages))

/** In the order of `columns`. */
function valuesOf(session: Session, keyed: readonly KeyedMessage[]): Value[] {
  const extras = extraNames.map((name, index) => {
    const values = keyed.map(({ message }) => message[name] ?? absentExtras[index] ?? null)
    return name === 'messageType' || name === 'replyToMessageId'
      ? values.map((value) => (typeof value === 'string' ? session.newId(value) : null))
      : values
  })
  return [
    session.newIds(keyed.map(({ message }) => message.channelId)),
    keyed.map(({ messageKey }) => messageKey),
    session.newIds(keyed.map(({ message }) => message.messageId)),
    session.newIds(keyed.map(({ message }) => message.userId)),
    keyed.map(({ message }) => message.content),
    keyed.map(({ message }) => message.timestamp),
    ...extras,
    keyed.map(({ message }) => isPinned(message.metadata)),
  ]
}

export const failed = (error: ConvoDbError): Stored => ({ ok: false, error: error.toJSON() })

/** An id is one message's in all the database, so this can not be kept from whoever stores it; it is all that is told. */
export const taken = (id: { readonly messageId: string } | { readonly segmentId: string }): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'Nothing can be stored under this id here', { ...id })
