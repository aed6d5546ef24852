/** Lets the event loop have a turn; a browser has no `setImmediate`, and a message is the soonest that comes after its events. */
export const nextTurn: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.addEventListener('message', () => {
            port1.close()
            resolve()
          })
          port1.start()
          port2.postMessage(undefined)
        })
