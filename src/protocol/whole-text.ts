/** A text that was cut somewhere, without half of a character at its end. */
export const endOfWhole = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text)
