import type { NewMessage } from 'convodb'

/** One call of a workload, as data, so that it can be handed to another process. */
export type Step =
  | { readonly call: 'storeMessage'; readonly message: NewMessage }
  | { readonly call: 'addMessages'; readonly messages: readonly NewMessage[] }
  | { readonly call: 'updateMessage'; readonly messageId: string; readonly content: string }
  | { readonly call: 'deleteMessages'; readonly messageIds: readonly string[] }
  | {
      readonly call: 'createSegmentWithMessages'
      readonly segmentId: string
      readonly channelId: string
      readonly summary: string
      readonly messageIds: readonly string[]
    }
  | { readonly call: 'updateConversationSegment'; readonly segmentId: string; readonly summary: string }
  | { readonly call: 'deleteConversationSegment'; readonly segmentId: string }
  | { readonly call: 'upsertUser'; readonly userId: string; readonly displayName: string }
  | { readonly call: 'checkpoint' }
