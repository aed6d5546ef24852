import type { Outcome } from './messages.js'

/** How a thread that works on a whole file is told to end: not 0, looked at between two slices. One Int32. */
export type StopFlag = Int32Array

/** What such a thread posts: progress, and at last how it ended. */
export type FileJobMessage<Progress, Report> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'end'; readonly outcome: Outcome<Report> }
