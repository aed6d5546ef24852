import { encodeChangeCursor } from '../../protocol/change-cursor.js'
import { refusing } from '../calls/call-errors.js'
import { ChangeHub, type ChangeSource } from './change-hub.js'
import { checkSubscribeOptions, type SubscribeOptions } from './options.js'
import { Subscription, type ChangeSubscription } from './subscription.js'

/** How a database's changes are followed. */
export interface Subscriptions<Metadata extends object> {
  subscribe(options?: SubscribeOptions): ChangeSubscription<Metadata>
  /** How many there are. */
  readonly size: number
  /** Ends them all with CLOSED. */
  close(): void
}

export function createSubscriptions<Metadata extends object>(source: ChangeSource): Subscriptions<Metadata>
export function createSubscriptions(source: ChangeSource): unknown {
  const hub = new ChangeHub(source)
  return {
    subscribe(options: unknown = {}): Subscription {
      try {
        checkSubscribeOptions(options)
        return new Subscription(hub, options)
      } catch (error) {
        // From a cursor, so that nothing is read before anybody asks.
        const subscription = new Subscription(hub, {
          after: encodeChangeCursor({ messageKey: 0, changeId: 0 }),
        })
        subscription.fail(refusing('subscribe', error))
        return subscription
      }
    },
    get size() {
      return hub.size
    },
    close: () => hub.close(),
  }
}
