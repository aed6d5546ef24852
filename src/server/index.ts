/** `convodb/server`: a database served over HTTP by a program of one's own; `convodb serve` does no more. */
export { startServer, type Server } from './start-server.js'
export { serverDefaults, type ServerOptions } from './options.js'
export {
  createFirstKey,
  createKey,
  readKeys,
  revokeKey,
  type MadeKey,
  type NewKey,
} from './access/new-keys.js'
export { keyPlaceOf } from './access/key-store.js'
export type { StoredKey } from './access/stored-key.js'
export { scopes, type Scope } from './access/caller.js'
