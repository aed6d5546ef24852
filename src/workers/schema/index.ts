import { initial } from './0001-initial.js'
import { messagePlaces } from './0002-message-places.js'
import { checkedRows } from './0003-checked-rows.js'
import { nameFolding } from './0004-name-folding.js'

/** In order; a file's `user_version` is how many of them it has seen. One that was released never changes. */
export const migrations: readonly string[] = [initial, messagePlaces, checkedRows, nameFolding]
