/** Base64 of bytes (RFC 4648, section 4), in browsers too, where there is no Buffer. */
export const bytesToBase64: (bytes: Uint8Array) => string =
  typeof Buffer === 'function' ? (bytes) => Buffer.from(bytes).toString('base64') : inBrowser

const charactersAtOnce = 8 * 1024

function inBrowser(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += charactersAtOnce) {
    text += String.fromCharCode(...bytes.subarray(start, start + charactersAtOnce))
  }
  return btoa(text)
}

/** The bytes, or undefined where the text is not their only base64. */
export function base64ToBytes(text: string): Uint8Array | undefined {
  try {
    const bytes = typeof Buffer === 'function' ? new Uint8Array(Buffer.from(text, 'base64')) : decode(text)
    return bytesToBase64(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

const decode = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
