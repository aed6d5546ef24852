import type { Params } from '../../../main/index.js'
import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import type { KnownAuthors } from '../known-authors.js'
import { toMetadata, type AttachmentMetadata } from '../metadata.js'
import { Threads } from '../threads.js'
import { branchesOf, type Branch, type TreeNode } from './tree.js'

/** Something that was said. */
export interface Turn {
  /** `user`, `assistant`, `tool` or `system`. */
  readonly role: string
  readonly authorName?: string | undefined
  /** `message`, or what it is instead, where it was shown. */
  readonly type: string
  readonly sourceType?: string | undefined
  readonly content: string
  readonly editedAt?: string | undefined
  readonly attachments: readonly AttachmentMetadata[]
  readonly extra: JsonObject
}

/** A place in the tree; nothing is said at its root, or where a message was empty. */
export interface ConversationNode extends TreeNode {
  readonly timeMs: number | undefined
  readonly turn: Turn | undefined
}

export interface Conversation {
  readonly source: string
  readonly place: Place
  readonly channel: Params<'upsertChannel'>
  /** When it began, for messages before the first that has a time. */
  readonly startMs: number | undefined
  readonly nodes: readonly ConversationNode[]
  /** The last message that was shown. */
  readonly leafId: string | undefined
}

/** A conversation with a model: what was shown, in its order, and all other ways that it went, each a segment. */
export function* tellConversation(conversation: Conversation, authors: KnownAuthors): Generator<Found> {
  const { place, channel, nodes, leafId, startMs } = conversation
  yield found(place, { kind: 'channel', model: channel })
  const { shown, others } = branchesOf(nodes, leafId)
  const timesById = new Map<string, number | undefined>()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const threads = new Threads()
  // What was copied from another conversation is older than the one that it is in.
  const before = earliest(startMs, shown)
  for (const { node, timeMs } of inOrder(shown, before, timesById)) {
    yield* tellTurn(conversation, node, timeMs, undefined, authors)
  }
  for (const branch of others) {
    const thread = threadOf(conversation, branch, byId)
    const isBeginning = lastSaid(branch.leftAt, byId) === undefined
    const leftMs = isBeginning
      ? earliest(before, branch.nodes)
      : (timesById.get(branch.leftAt ?? '') ?? before)
    for (const { node, timeMs } of inOrder(branch.nodes, leftMs, timesById)) {
      const isTold = yield* tellTurn(conversation, node, timeMs, thread.segmentId, authors)
      if (isTold && timeMs !== undefined) {
        yield* threads.add(nodePlace(place, node), thread, messageIdOf(channel.channelId, node.id), timeMs)
      }
    }
  }
  yield* threads.finish()
}

const messageIdOf = (conversationId: string, id: string): string => `${conversationId}:${id}`

const nodePlace = ({ file, at }: Place, { id }: TreeNode): Place => ({ file, at: `${at}, message ${id}` })

/** When messages begin before which nothing was said. */
function earliest(startMs: number | undefined, nodes: readonly ConversationNode[]): number | undefined {
  const firstMs = nodes.find(({ timeMs }) => timeMs !== undefined)?.timeMs
  return startMs === undefined || firstMs === undefined ? (startMs ?? firstMs) : Math.min(startMs, firstMs)
}

/** Times never fall, so that the order by time is the one that was shown. A message without one has that of the one before. */
function* inOrder(
  nodes: readonly ConversationNode[],
  before: number | undefined,
  timesById: Map<string, number | undefined>,
): Generator<{ readonly node: ConversationNode; readonly timeMs: number | undefined }> {
  let last = before
  for (const node of nodes) {
    if (node.timeMs !== undefined && (last === undefined || node.timeMs > last)) last = node.timeMs
    timesById.set(node.id, last)
    yield { node, timeMs: last }
  }
}

/** @returns whether there was something that can be stored */
function* tellTurn(
  { source, place, channel: { channelId } }: Conversation,
  node: ConversationNode,
  timeMs: number | undefined,
  threadId: string | undefined,
  authors: KnownAuthors,
): Generator<Found, boolean> {
  const { turn } = node
  if (turn === undefined) return false
  const isMoved = node.timeMs !== undefined && node.timeMs !== timeMs
  const userId = `${source}:${turn.role}`
  const metadata = toMetadata({
    source,
    sourceType: turn.sourceType,
    author: { name: turn.authorName ?? turn.role },
    attachments: turn.attachments,
    threadId,
    extra: { ...turn.extra, createdAt: isMoved ? new Date(node.timeMs).toISOString() : null },
  })
  const at = nodePlace(place, node)
  const message = {
    messageId: messageIdOf(channelId, node.id),
    channelId,
    userId,
    content: turn.content,
    timestamp: timeMs ?? Number.NaN,
    messageType: threadId === undefined ? turn.type : 'branch',
    editedAt: turn.editedAt ?? null,
    metadata,
  }
  const item = found(at, { kind: 'message', model: message }, turn.content.length + 1_000)
  yield item
  if ('reason' in item || timeMs === undefined) return false
  yield* authors.tell(at, { userId, name: turn.role })
  return true
}

function threadOf(
  { source, channel: { channelId } }: Conversation,
  branch: Branch<ConversationNode>,
  byId: ReadonlyMap<string, ConversationNode>,
) {
  const root = lastSaid(branch.leftAt, byId)
  return {
    segmentId: `${channelId}:branch:${branch.nodes[0]?.id ?? ''}`,
    channelId,
    metadata: toMetadata({
      source,
      rootMessageId: root === undefined ? undefined : messageIdOf(channelId, root),
    }),
  }
}

/** The nearest message, up to the root, that something is said in. */
function lastSaid(id: string | undefined, byId: ReadonlyMap<string, ConversationNode>): string | undefined {
  let node = id === undefined ? undefined : byId.get(id)
  for (let steps = 0; node !== undefined && steps < byId.size; steps += 1) {
    if (node.turn !== undefined) return node.id
    node = node.parentId === undefined ? undefined : byId.get(node.parentId)
  }
  return undefined
}
