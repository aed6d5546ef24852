import type { Peer } from '../peer.js'
import { convoDbAddMessages } from './convodb-add-messages.js'
import { convoDbPages } from './convodb-pages.js'
import { convoDbStoreMessage } from './convodb-store-message.js'
import { sqliteCommitEach } from './sqlite-commit-each.js'
import { sqlitePages } from './sqlite-pages.js'
import { sqliteTunedLoop } from './sqlite-tuned-loop.js'

/** Every side of every case, by the name a child process is started with. */
export const peers = {
  'convodb-store-message': convoDbStoreMessage,
  'convodb-add-messages': convoDbAddMessages,
  'convodb-pages': convoDbPages,
  'sqlite-commit-each': sqliteCommitEach,
  'sqlite-tuned-loop': sqliteTunedLoop,
  'sqlite-pages': sqlitePages,
} satisfies Record<string, Peer>

export type PeerName = keyof typeof peers

export const isPeerName = (name: string): name is PeerName => Object.hasOwn(peers, name)
