import type { WriteStream } from 'node:tty'
import { colorsFor } from '../colors.js'

/** Where the demo writes to: how wide it is and whether it shows colours. */
export interface Screen {
  readonly columns: number
  readonly colors: ReturnType<typeof colorsFor>
}

const defaultColumns = 100
const maxColumns = 120

/** A terminal's width and colours; plain text without control codes for a file or a pipe. */
export function screenOf(stream: WriteStream): Screen {
  return {
    columns: Math.min(stream.columns ?? defaultColumns, maxColumns),
    colors: colorsFor(stream),
  }
}
