import type { EmbeddingOwner, JsonObject, TimeInput, VectorInput } from 'convodb'

/** What the model knows. Rows are replaced and never changed, so that a copy of the maps is a copy of everything. */
export interface State {
  readonly channels: Map<string, ChannelRow>
  readonly users: Map<string, UserRow>
  readonly forgottenUsers: Set<string>
  readonly messages: Map<string, MessageRow>
  readonly segments: Map<string, SegmentRow>
  readonly members: Map<string, MemberRow>
  readonly embeddings: Map<string, EmbeddingRow>
  /** By model; the first vector fixes it. */
  readonly dimensions: Map<string, number>
  /** Messages ever inserted: where times are equal, this orders them. */
  insertions: number
}

interface ChannelRow {
  readonly name: string | null
  readonly metadata: JsonObject | null
  readonly createdAt: number
  readonly lastActive: number | null
}

export interface UserRow {
  readonly displayName: string | null
  readonly metadata: JsonObject | null
  readonly firstSeen: number
  readonly lastActive: number | null
  readonly profile: JsonObject | undefined
  readonly isDeleted: boolean
}

export interface MessageRow {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  readonly timestamp: number
  readonly messageType: string
  readonly replyToMessageId: string | null
  readonly editedAt: number | null
  readonly metadata: JsonObject | null
  readonly insertion: number
}

export interface SegmentRow {
  readonly segmentId: string
  readonly channelId: string
  readonly startTime: number
  readonly endTime: number
  readonly summary: string | null
  readonly coherenceScore: number | null
  readonly activityLevel: number | null
  readonly vector: readonly number[] | null
  readonly metadata: JsonObject | null
}

interface MemberRow {
  readonly segmentId: string
  readonly messageId: string
  readonly position: number
  readonly contributionScore: number | null
}

export interface EmbeddingRow {
  readonly ownerType: EmbeddingOwner
  readonly ownerId: string
  readonly model: string
  readonly vector: readonly number[]
}

export const emptyState = (): State => ({
  channels: new Map(),
  users: new Map(),
  forgottenUsers: new Set(),
  messages: new Map(),
  segments: new Map(),
  members: new Map(),
  embeddings: new Map(),
  dimensions: new Map(),
  insertions: 0,
})

export const copyState = (state: State): State => ({
  channels: new Map(state.channels),
  users: new Map(state.users),
  forgottenUsers: new Set(state.forgottenUsers),
  messages: new Map(state.messages),
  segments: new Map(state.segments),
  members: new Map(state.members),
  embeddings: new Map(state.embeddings),
  dimensions: new Map(state.dimensions),
  insertions: state.insertions,
})

/** Stands for the moment of the call; all other times of the model are long before it. */
export const now = 8e15
const longAgo = 1e12

/** The form in which both sides are compared: times as milliseconds or `now`, vectors as lists. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() > longAgo ? now : value.getTime()
  if (value instanceof Float32Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

export function timeOf(input: TimeInput): number {
  const time = new Date(input).getTime()
  if (Number.isNaN(time)) throw new Refusal('INVALID_ARGUMENT')
  return time
}

export function numbersOf(input: VectorInput): readonly number[] {
  if (typeof input === 'string') throw new TypeError('The model takes no base64')
  return [...input]
}

/** Fails in the model as an operation should; `code` is all that is compared. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}
