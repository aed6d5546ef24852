import type { JsonObject } from '../../../protocol/models.js'
import type { ReactionMetadata } from '../metadata.js'
import { numberOf, objectOf, textOf } from '../json-fields.js'
import { relationOf } from './relations.js'
import { whySkipped } from './skipped.js'

interface Edit {
  readonly content: JsonObject
  readonly atMs: number
}

/** What later events say of one. */
export interface LaterOfEvent {
  /** The latest of each person: those of anybody may come before or after those of whose event it is. */
  readonly edits: Map<string, Edit>
  readonly senders: Map<string, Set<string>>
  isRoot: boolean
}

/** About what one takes in memory, beside its texts. */
const bytesEach = 200

/** What events say of others before them: edits, reactions, and of which a thread began. */
export class Later {
  readonly #of = new Map<string, LaterOfEvent>()
  readonly #maxBytes: number
  readonly #isMine: (eventId: string) => boolean
  #bytes = 0

  /** @param isMine which events' are kept: where there are too many, they are read in parts. */
  constructor(maxBytes: number, isMine: (eventId: string) => boolean = () => true) {
    this.#maxBytes = maxBytes
    this.#isMine = isMine
  }

  /** Of all that was added, also where it was too much to keep. */
  get bytes(): number {
    return this.#bytes
  }

  get isWhole(): boolean {
    return this.#bytes <= this.#maxBytes
  }

  add(event: JsonObject): void {
    const { type, eventId, key } = relationOf(event)
    if (eventId === undefined || !this.#isMine(eventId) || whySkipped(event) !== undefined) return
    const sender = textOf(event['sender']) ?? ''
    if (type === 'm.replace') this.#addEdit(eventId, event, sender)
    else if (type === 'm.annotation' && key !== undefined) this.#addReaction(eventId, key, sender)
    else if (type === 'm.thread') this.#keep(eventId, bytesEach, (later) => (later.isRoot = true))
  }

  /** What is known of an event, once. */
  take(eventId: string): LaterOfEvent | undefined {
    const later = this.#of.get(eventId)
    this.#of.delete(eventId)
    return later
  }

  /** What was said of events that did not come. */
  rest(): Iterable<LaterOfEvent> {
    return this.#of.values()
  }

  #addEdit(eventId: string, event: JsonObject, sender: string): void {
    const content = objectOf(objectOf(event['content'])['m.new_content'])
    if (Object.keys(content).length === 0) return
    const edit = { content, atMs: numberOf(event['origin_server_ts']) ?? 0 }
    this.#keep(eventId, bytesEach + JSON.stringify(content).length + sender.length, ({ edits }) => {
      const known = edits.get(sender)
      if (known === undefined || edit.atMs >= known.atMs) edits.set(sender, edit)
    })
  }

  #addReaction(eventId: string, key: string, sender: string): void {
    this.#keep(eventId, bytesEach + key.length + sender.length, ({ senders }) => {
      const known = senders.get(key)
      if (known === undefined) senders.set(key, new Set([sender]))
      else known.add(sender)
    })
  }

  #keep(eventId: string, bytes: number, change: (later: LaterOfEvent) => void): void {
    this.#bytes += bytes
    if (!this.isWhole) return
    const later: LaterOfEvent = this.#of.get(eventId) ?? {
      edits: new Map(),
      senders: new Map(),
      isRoot: false,
    }
    change(later)
    this.#of.set(eventId, later)
  }
}

export const reactionsOf = ({ senders }: Pick<LaterOfEvent, 'senders'>): ReactionMetadata[] =>
  [...senders].map(([emoji, users]) => ({ emoji, count: users.size, userIds: [...users].filter(Boolean) }))
