import type { WriteStream } from 'node:tty'
import picocolors from 'picocolors'

/** 1234567 as 1,234,567. */
export const formatCount = (count: number): string =>
  Math.round(count)
    .toString()
    .replaceAll(/\B(?=(?:\d{3})+$)/g, ',')

/** Bytes in the largest binary unit that leaves at least 1. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const amount = bytes / 1024 ** power
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`
}

/** Seconds as 42s, 3m 20s or 2h 5m. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes}m ${whole % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}

/** A time in UTC to the minute, `2026-11-26 10:00`; as wide where there is none. */
export const formatMinute = (time: Date | null): string =>
  time === null ? '-'.padEnd(16) : time.toISOString().slice(0, -8).replace('T', ' ')

/** 1 message, 2 messages. */
export const formatNumberOf = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

/**
 * Colours for one stream: it alone may be a terminal. Node reads NO_COLOR, FORCE_COLOR and TERM. A pipe's `isTTY` is
 * undefined, which picocolors would take as leave to guess from the environment.
 */
export function colorsFor(stream: WriteStream): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(Boolean(stream.isTTY) && stream.hasColors())
}

// Controls (C0, delete, C1), and what reorders or breaks a line: bidirectional marks, line and paragraph separators.
const unprintable = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text of others made fit for one line of a terminal: what could steer it is shown as an escape instead. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => shortEscapes[character] ?? escape(character))
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
