/** `convodb/server`: a database served over HTTP by a program of one's own; `convodb serve` does no more. */
export { startServer, type Server } from './start-server.js'
export { serverDefaults, type ServerOptions } from './options.js'
export { createKey, revokeKey, type NewKey } from './access/keys.js'
export { keyFileOf, readKeys, type StoredKey } from './access/key-file.js'
export { scopes, type Scope } from './access/caller.js'
