import { closeSync, openSync } from 'node:fs'

/** Opens files until the system gives no more; returns what closes them. To be run with a low limit (`ulimit -n`). */
export function exhaustDescriptors(): () => void {
  const descriptors: number[] = []
  for (;;) {
    try {
      descriptors.push(openSync('/dev/null', 'r'))
    } catch {
      return () => {
        for (const descriptor of descriptors) closeSync(descriptor)
      }
    }
  }
}
