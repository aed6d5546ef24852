import type { Machine } from '../measure/machine.js'

/** The machine, two lines. */
export const formatMachine = ({
  cores,
  processor,
  memoryGib,
  node,
  system,
  commit,
  loadBefore,
  syncMs,
}: Machine): string =>
  [
    `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}, commit ${commit}`,
    `Before: load ${loadBefore.toFixed(1)}; a write of 4 KiB and its fsync ${syncMs.toFixed(2)} ms (median).`,
  ].join('\n')

export const formatLoadAfter = (load: number): string => `After: load ${load.toFixed(1)}.`
