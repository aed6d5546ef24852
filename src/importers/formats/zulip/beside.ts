import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { listOf, objectOf, textOf, wholeNumberOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import type { AttachmentMetadata, ReactionMetadata } from '../metadata.js'
import { userIdOf } from './realm.js'

/** What stands beside messages, in tables of its own. */
export interface Beside {
  readonly reactions: Map<string, string[]>
  readonly attachments: AttachmentMetadata[]
}

/** Of a message, by its number. */
export type BesideOf = ReadonlyMap<string, Beside>

const isNobodys: Beside = { reactions: new Map(), attachments: [] }

export const besideOf = (all: BesideOf, messageId: string): Beside => all.get(messageId) ?? isNobodys

interface Tables {
  readonly realm: Source
  readonly attachments: Source | undefined
}

/** Reactions and attachments of those messages whose number is asked for. */
export async function readBeside(
  { realm, attachments }: Tables,
  notes: Notes,
  isAsked: (messageId: string) => boolean,
): Promise<BesideOf> {
  const all = new Map<string, Beside>()
  const of = (messageId: string): Beside => {
    const beside = all.get(messageId) ?? { reactions: new Map(), attachments: [] }
    all.set(messageId, beside)
    return beside
  }
  for await (const { value } of readJsonValues(realm, ['$.zerver_reaction.*'], quietly(notes))) {
    const row = objectOf(value)
    const messageId = textOf(row['message']) ?? ''
    const emoji = textOf(row['emoji_name'])
    if (emoji === undefined || !isAsked(messageId)) continue
    const { reactions } = of(messageId)
    reactions.set(emoji, [...(reactions.get(emoji) ?? []), userIdOf(textOf(row['user_profile']) ?? '')])
  }
  if (attachments === undefined) return all
  for await (const { value } of readJsonValues(attachments, ['$.zerver_attachment.*'], notes)) {
    const row = objectOf(value)
    const attachment = {
      name: textOf(row['file_name']),
      url: `uploads/${textOf(row['path_id']) ?? ''}`,
      sizeBytes: wholeNumberOf(row['size']),
    }
    const messageIds = listOf(row['messages']).flatMap((id) => textOf(id) ?? [])
    for (const messageId of messageIds.filter(isAsked)) of(messageId).attachments.push(attachment)
  }
  return all
}

/** How many rows of the table there are. */
export async function countReactions(realm: Source, notes: Notes): Promise<number> {
  let count = 0
  for await (const _ of readJsonValues(realm, ['$.zerver_reaction.*'], quietly(notes))) count += 1
  return count
}

export const reactionsOf = ({ reactions }: Beside): ReactionMetadata[] =>
  [...reactions].map(([emoji, users]) => ({ emoji, count: users.length, userIds: users.filter(Boolean) }))

/** The file has been complained of already. */
const quietly = (notes: Notes): Notes => ({ ...notes, complain: () => undefined })
