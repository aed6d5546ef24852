import { Socket } from 'node:net'
import type pg from 'pg'

interface Gathering {
  readonly socket: Socket
  isOn: boolean
}

const gatherings = new WeakMap<pg.Client, Gathering>()

/** For `pg`, which writes each statement by itself. To be told of the client that got it. */
export const newSocket = (): Socket => new Socket()

export const gatherOver = (client: pg.Client, socket: Socket): void =>
  void gatherings.set(client, { socket, isOn: false })

/** What is sent until this turn of the event loop ends goes together: a call of the system costs more than most statements. */
export function gatherWrites(client: pg.Client): void {
  const gathering = gatherings.get(client)
  if (gathering === undefined || gathering.isOn) return
  gathering.isOn = true
  gathering.socket.cork()
  process.nextTick(sendGathered, client)
}

/** Sends what has gathered, so that the server works while this thread does. */
export function sendGathered(client: pg.Client): void {
  const gathering = gatherings.get(client)
  if (gathering?.isOn !== true) return
  gathering.isOn = false
  gathering.socket.uncork()
}
