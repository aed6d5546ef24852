import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { quietly } from '../as-far-as-whole.js'
import { listOf, objectOf, textOf, wholeNumberOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import type { AttachmentMetadata, ReactionMetadata } from '../metadata.js'
import { userIdOf } from './realm.js'

/** What stands beside messages, in tables of its own, by their numbers; as small as it can be, for there may be many. */
export interface Beside {
  /** Emoji and person, emoji and person, ... */
  readonly reactions: ReadonlyMap<string, readonly string[]>
  readonly attachments: ReadonlyMap<string, readonly AttachmentMetadata[]>
}

interface Tables {
  readonly realm: Source
  readonly attachments: Source | undefined
}

/** Reactions and attachments of those messages whose number is asked for. */
export async function readBeside(
  { realm, attachments }: Tables,
  notes: Notes,
  isAsked: (messageId: string) => boolean,
): Promise<Beside> {
  return {
    reactions: await readReactions(realm, quietly(notes), isAsked),
    attachments: attachments === undefined ? new Map() : await readAttachments(attachments, notes, isAsked),
  }
}

async function readReactions(realm: Source, notes: Notes, isAsked: (messageId: string) => boolean) {
  const reactions = new Map<string, string[]>()
  for await (const { value } of readJsonValues(realm, ['$.zerver_reaction.*'], notes)) {
    const row = objectOf(value)
    const messageId = textOf(row['message']) ?? ''
    const emoji = textOf(row['emoji_name'])
    if (emoji !== undefined && isAsked(messageId)) {
      add(reactions, messageId, emoji, textOf(row['user_profile']) ?? '')
    }
  }
  return reactions
}

async function readAttachments(file: Source, notes: Notes, isAsked: (messageId: string) => boolean) {
  const attachments = new Map<string, AttachmentMetadata[]>()
  for await (const { value } of readJsonValues(file, ['$.zerver_attachment.*'], notes)) {
    const row = objectOf(value)
    const attachment = {
      name: textOf(row['file_name']),
      url: `uploads/${textOf(row['path_id']) ?? ''}`,
      sizeBytes: wholeNumberOf(row['size']),
    }
    const messageIds = listOf(row['messages']).flatMap((id) => textOf(id) ?? [])
    for (const messageId of messageIds.filter(isAsked)) add(attachments, messageId, attachment)
  }
  return attachments
}

function add<Item>(all: Map<string, Item[]>, messageId: string, ...items: readonly Item[]): void {
  const known = all.get(messageId)
  if (known === undefined) all.set(messageId, [...items])
  else known.push(...items)
}

/** How many rows of the table there are. */
export async function countReactions(realm: Source, notes: Notes): Promise<number> {
  let count = 0
  for await (const _ of readJsonValues(realm, ['$.zerver_reaction.*'], quietly(notes))) count += 1
  return count
}

/** A message's reactions, each with those who made it. */
export function reactionsOf({ reactions }: Beside, messageId: string): ReactionMetadata[] {
  const byEmoji = new Map<string, string[]>()
  const flat = reactions.get(messageId) ?? []
  for (let at = 0; at < flat.length; at += 2) add(byEmoji, flat[at] ?? '', userIdOf(flat[at + 1] ?? ''))
  return [...byEmoji].map(([emoji, users]) => ({
    emoji,
    count: users.length,
    userIds: users.filter(Boolean),
  }))
}
