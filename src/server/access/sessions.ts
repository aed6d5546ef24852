import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Caller } from './caller.js'

const cookieName = 'convodb_session'
const lastsMs = 12 * 60 * 60 * 1000
const tokenLastsMs = 15 * 60 * 1000

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * A browser's way in: a token that was printed at the start, good once and for a quarter of an hour, becomes a cookie that scripts
 * can not read and other sites' pages can not send. It reads, and changes nothing.
 */
export class Sessions {
  readonly #tokens = new Map<string, number>()
  readonly #sessions: { readonly digest: Buffer; readonly endsMs: number }[] = []

  newToken(): string {
    const token = randomBytes(32).toString('base64url')
    this.#tokens.set(digest(token).toString('hex'), Date.now() + tokenLastsMs)
    return token
  }

  /** The cookie for a token, which is good no more then. */
  begin(token: string, isSecure: boolean): string | undefined {
    const key = digest(token).toString('hex')
    const endsMs = this.#tokens.get(key) ?? 0
    this.#tokens.delete(key)
    if (endsMs < Date.now()) return undefined
    const session = randomBytes(32).toString('base64url')
    this.#sessions.push({ digest: digest(session), endsMs: Date.now() + lastsMs })
    const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${lastsMs / 1000}`
    return `${cookieName}=${session}; ${attributes}${isSecure ? '; Secure' : ''}`
  }

  find({ headers, method }: FastifyRequest): Caller | undefined {
    if (method !== 'GET' || this.#sessions.length === 0) return undefined
    const [, cookie] =
      new RegExp(`(?:^|; )${cookieName}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(headers.cookie ?? '') ?? []
    if (cookie === undefined) return undefined
    const given = digest(cookie)
    const found = this.#sessions.some(
      (session) => timingSafeEqual(session.digest, given) && session.endsMs > Date.now(),
    )
    return found ? { keyId: 'browser', scope: 'read', held: null } : undefined
  }
}
