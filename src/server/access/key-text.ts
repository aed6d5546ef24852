import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A key as its owner has it: `cdb_<id>_<secret>`. The id finds its digest, the secret has 256 random bits. */
export interface KeyText {
  readonly keyId: string
  readonly secret: string
}

const shape = /^cdb_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

export const newKeyText = (): KeyText => ({
  keyId: randomBytes(8).toString('hex'),
  secret: randomBytes(32).toString('base64url'),
})

export const formatKey = ({ keyId, secret }: KeyText): string => `cdb_${keyId}_${secret}`

/** Undefined where it is no key of ours. */
export function parseKey(text: string): KeyText | undefined {
  const [, keyId, secret] = shape.exec(text) ?? []
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret }
}

/** A random secret needs no salt and no slow hash: nobody can try 2^256. */
export const digestOf = (secret: string): string => hash('sha256', secret)

/** Compares in a time that tells nothing of where they differ. */
export function isSecretOf(digest: Uint8Array, secret: string): boolean {
  const given = hash('sha256', secret, 'buffer')
  return given.length === digest.length && timingSafeEqual(given, digest)
}
