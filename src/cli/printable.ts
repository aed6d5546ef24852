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
