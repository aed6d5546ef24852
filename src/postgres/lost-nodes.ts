import type { ErrorData } from '../protocol/errors.js'
import type { Outcome, PlainOperation } from '../protocol/messages.js'
import { toPlain } from '../protocol/packed-operations.js'
import type { WriteMessage } from '../protocol/requests.js'
import { isOfNode } from './connection/errors.js'
import type { Session } from './connection/session.js'

/** For so long calls to channels of a node that could not be reached are refused at once; then one of them tries again. */
const refusedForMs = 5_000
/** So many channels' nodes are remembered: rows move when a cluster is balanced anew. */
const maxChannels = 10_000

const selectNodes = `
  SELECT (
    SELECT min(placements.groupid) FROM pg_catalog.pg_dist_placement AS placements
    WHERE placements.shardid = get_shard_id_for_distribution_column('messages'::regclass, given.id)
  ) AS node
  FROM unnest($1::text[]) WITH ORDINALITY AS given (id, place) ORDER BY given.place`

interface LostNode {
  readonly untilMs: number
  readonly error: ErrorData
}

/** The channel whose rows an operation reads or writes, where it names one. */
function channelOf(message: WriteMessage): string | undefined {
  if (message.name === 'group' || message.name === 'bulk') return undefined
  const { params }: PlainOperation = toPlain(message)
  return 'channelId' in params && typeof params.channelId === 'string' ? params.channelId : undefined
}

/**
 * Nodes of a cluster that could not be reached just now. Finding that out may take seconds, so it is found out once, and not by every call:
 * those of channels on other nodes are not held up.
 */
export class LostNodes {
  readonly #lost = new Map<number, LostNode>()
  readonly #nodeByChannel = new Map<string, number>()

  get areAny(): boolean {
    const nowMs = performance.now()
    for (const [node, { untilMs }] of this.#lost) if (untilMs < nowMs) this.#lost.delete(node)
    return this.#lost.size > 0
  }

  /** Of each message why it is refused, where it is. */
  async refusalsOf(session: Session, messages: readonly WriteMessage[]): Promise<(ErrorData | undefined)[]> {
    if (!this.areAny) return messages.map(() => undefined)
    const channels = messages.map(channelOf)
    await this.#find(session, channels)
    return channels.map((channelId) => this.#refusalOf(channelId))
  }

  /** Runs one operation, which leaves nothing behind where it fails, unless its channel's node is known to be lost. */
  async attempt<Value>(
    session: Session,
    message: WriteMessage,
    run: () => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>> {
    const [refusal] = await this.refusalsOf(session, [message])
    if (refusal !== undefined) return { ok: false, error: refusal }
    const outcome = await run()
    if (!outcome.ok && isOfNode(outcome.error)) await this.note(session, message, outcome.error)
    return outcome
  }

  /** That it could not be reached for an operation. */
  async note(session: Session, message: WriteMessage, error: ErrorData): Promise<void> {
    const channelId = channelOf(message)
    if (channelId === undefined || !session.isDivided) return
    await this.#find(session, [channelId])
    const node = this.#nodeByChannel.get(channelId)
    if (node !== undefined) this.#lost.set(node, { untilMs: performance.now() + refusedForMs, error })
  }

  #refusalOf(channelId: string | undefined): ErrorData | undefined {
    const node = channelId === undefined ? undefined : this.#nodeByChannel.get(channelId)
    return node === undefined ? undefined : this.#lost.get(node)?.error
  }

  async #find(session: Session, channelIds: readonly (string | undefined)[]): Promise<void> {
    if (this.#nodeByChannel.size > maxChannels) this.#nodeByChannel.clear()
    const unknown = new Set<string>()
    for (const id of channelIds) if (id !== undefined && !this.#nodeByChannel.has(id)) unknown.add(id)
    if (unknown.size === 0) return
    const ids = [...unknown]
    const rows = await session.lists<[number | null]>(selectNodes, [session.ids(ids)])
    for (const [index, [node]] of rows.entries()) {
      const id = ids[index]
      if (id !== undefined && node !== null) this.#nodeByChannel.set(id, node)
    }
  }
}
