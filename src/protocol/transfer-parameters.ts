import type { TimeInput } from './wire.js'

/** What an export has lines of, in the order in which an import needs them. */
export type ExportKind =
  | 'forgotten'
  | 'model'
  | 'channel'
  | 'user'
  | 'message'
  | 'version'
  | 'reaction'
  | 'activity'
  | 'profile'
  | 'segment'
  | 'embedding'

export interface ExportRowsParams {
  readonly kind: ExportKind
  readonly channelId?: string | undefined
  /** The first answer's `upTo`. */
  readonly upTo?: string | undefined
  readonly cursor?: string | undefined
}

export interface ForgottenUser {
  /** SHA-256 of the id, in lower-case hexadecimal. */
  readonly userHash: string
  readonly forgottenAt: TimeInput
}

export interface NewModel {
  readonly model: string
  readonly dimension: number
}

export interface UserActivity {
  readonly userId: string
  readonly messageCount: number
  readonly firstSeen: TimeInput
  readonly lastActive?: TimeInput | null | undefined
  readonly deletedAt?: TimeInput | null | undefined
}
