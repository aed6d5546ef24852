import { initial } from './0001-initial.js'

/** In order; a file's `user_version` is how many of them it has seen. One that was released never changes. */
export const migrations: readonly string[] = [initial]
