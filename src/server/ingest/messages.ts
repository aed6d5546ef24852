import type { MessagePort } from 'node:worker_threads'
import type { PostgresSource } from '../../main/postgres-source.js'
import type { ErrorData } from '../../protocol/errors.js'
import type { OnConflict } from '../../protocol/parameters.js'

/** What the server and its ingest thread tell each other. */

export const encodings = ['identity', 'gzip', 'zstd'] as const
export type Encoding = (typeof encodings)[number]

/** What one upload asked for. */
export interface IngestSettings {
  readonly encoding: Encoding
  /** For lines that do not say it themselves. */
  readonly onConflict: OnConflict | undefined
  readonly startLine: number
  readonly maxLineBytes: number
  /** Where the key is for certain channels. */
  readonly withinChannels: ReadonlySet<string> | undefined
}

/** As `workerData`: how the ingest thread comes to the database. */
export type WayToDatabase = { readonly port: MessagePort } | { readonly postgres: PostgresSource }

/** To the thread itself: an upload with a port of its own, or the end. */
export type ThreadMessage =
  | { readonly kind: 'ingest'; readonly port: MessagePort; readonly settings: IngestSettings }
  | { readonly kind: 'close' }

/** To one upload. */
export type IngestInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The body is over, and whole. */
  | { readonly kind: 'end' }
  /** Nothing more comes; what was read is stored, and the rest left. */
  | { readonly kind: 'stop'; readonly error: ErrorData }

export interface IngestProgress {
  /** The last line that was read. */
  readonly line: number
  /** Lines whose messages are durable. */
  readonly accepted: number
  readonly refused: number
  /** Every line up to this one is durable or was refused: a cut upload goes on with the next. */
  readonly durableLine: number
}

export interface RefusedLine extends ErrorData {
  readonly line: number
}

export interface IngestReport {
  readonly lines: number
  readonly accepted: { readonly inserted: number; readonly updated: number; readonly ignored: number }
  readonly refused: number
  readonly durableLine: number
}

/** From one upload. */
export type IngestOutput =
  /** Room for so much more: what was sent has been read. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'progress'; readonly progress: IngestProgress }
  | { readonly kind: 'refused'; readonly refused: RefusedLine }
  | { readonly kind: 'done'; readonly report: IngestReport }
  | { readonly kind: 'failed'; readonly error: ErrorData }

/** What a block of bytes takes while it waits: itself, and what stands around it. */
export const weightOf = (bytes: Uint8Array): number => bytes.byteLength + 1_024
