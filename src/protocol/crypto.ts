import type * as Crypto from 'node:crypto'

/** Node's cryptography, loaded when it is first needed: its many modules are a tenth of what a thread takes to start. */
export const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto')
