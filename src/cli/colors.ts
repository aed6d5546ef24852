import type { WriteStream } from 'node:tty'
import picocolors from 'picocolors'

/**
 * Colours for one stream: it alone may be a terminal. Node reads NO_COLOR, FORCE_COLOR and TERM. A pipe's `isTTY` is
 * undefined, which picocolors would take as leave to guess from the environment.
 */
export function colorsFor(stream: WriteStream): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(Boolean(stream.isTTY) && stream.hasColors())
}
