/** What is to be done when a signal is aborted. Thousands of calls may share one signal, which then has one listener. */
const actsBySignal = new WeakMap<AbortSignal, Set<() => void>>()

/** Does something when the signal is aborted, at most once; returns what calls that off. */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const acts = actsBySignal.get(signal) ?? listenTo(signal)
  acts.add(act)
  return () => acts.delete(act)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>()
  actsBySignal.set(signal, acts)
  const actAll = (): void => {
    for (const act of acts) act()
    acts.clear()
  }
  signal.addEventListener('abort', actAll, { once: true })
  return acts
}
