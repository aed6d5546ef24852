import type { NewMessage } from 'convodb'
import type { Step } from './steps.js'

interface Segment {
  readonly summary: string
  readonly messageIds: readonly string[]
}

type Changes = Map<string, string | undefined>

export const messageName = (messageId: string): string => `message ${messageId}`
export const segmentName = (segmentId: string): string => `segment ${segmentId}`
export const userName = (userId: string): string => `user ${userId}`

/** What the database should hold, in memory. */
export class Model {
  readonly #messages = new Map<string, NewMessage>()
  readonly #segments = new Map<string, Segment>()
  readonly #userIds = new Set<string>()

  /** Oldest first. */
  get messageIds(): string[] {
    return [...this.#messages.keys()]
  }

  get segmentIds(): string[] {
    return [...this.#segments.keys()]
  }

  channelOf(messageId: string): string {
    return this.#messages.get(messageId)?.channelId ?? ''
  }

  /** Carries out a step and tells what it made of each row that it touched, by the row's name. */
  carryOut(step: Step): Changes {
    const changes: Changes = new Map()
    switch (step.call) {
      case 'storeMessage':
        this.#store(step.message, changes)
        break
      case 'addMessages':
        for (const message of step.messages) this.#store(message, changes)
        break
      case 'updateMessage': {
        const current = this.#messages.get(step.messageId)
        if (current !== undefined) this.#store({ ...current, content: step.content }, changes)
        break
      }
      case 'deleteMessages':
        this.#deleteMessages(step.messageIds, changes)
        break
      case 'createSegmentWithMessages':
        this.#save(step.segmentId, { summary: step.summary, messageIds: step.messageIds }, changes)
        break
      case 'updateConversationSegment': {
        const messageIds = this.#segments.get(step.segmentId)?.messageIds ?? []
        this.#save(step.segmentId, { summary: step.summary, messageIds }, changes)
        break
      }
      case 'deleteConversationSegment':
        this.#segments.delete(step.segmentId)
        changes.set(segmentName(step.segmentId), undefined)
        break
      case 'upsertUser':
        this.#userIds.add(step.userId)
        changes.set(userName(step.userId), JSON.stringify([step.displayName]))
        break
      case 'checkpoint':
    }
    return changes
  }

  #store(message: NewMessage, changes: Changes): void {
    const { messageId, channelId, userId, content, timestamp } = message
    this.#messages.set(messageId, message)
    changes.set(messageName(messageId), JSON.stringify([channelId, userId, content, timestamp]))
    if (this.#userIds.has(userId)) return
    this.#userIds.add(userId)
    changes.set(userName(userId), JSON.stringify([null]))
  }

  #deleteMessages(messageIds: readonly string[], changes: Changes): void {
    const deleted = new Set(messageIds)
    for (const messageId of deleted) {
      this.#messages.delete(messageId)
      changes.set(messageName(messageId), undefined)
    }
    for (const [segmentId, segment] of this.#segments) {
      const left = segment.messageIds.filter((messageId) => !deleted.has(messageId))
      if (left.length < segment.messageIds.length) {
        this.#save(segmentId, { ...segment, messageIds: left }, changes)
      }
    }
  }

  #save(segmentId: string, segment: Segment, changes: Changes): void {
    this.#segments.set(segmentId, segment)
    changes.set(segmentName(segmentId), JSON.stringify([segment.summary, segment.messageIds]))
  }
}
