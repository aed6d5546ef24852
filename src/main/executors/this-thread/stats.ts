import type { ExecutorStats } from '../../stats.js'
import { fileSizes } from '../file-sizes.js'
import type { Lanes } from '../lanes/lanes.js'

/** What a thread that reads by itself knows: of the log and of other threads, nothing. */
export const statsOfThisThread = async (
  path: string,
  lanes: Lanes,
  writerRestarts: number,
): Promise<ExecutorStats> => ({
  path,
  ...(await fileSizes(path)),
  readers: 1,
  ...lanes.stats(),
  lastCheckpoint: null,
  isLogHeld: false,
  lostCommits: 0,
  scrub: null,
  vectorSearch: 'blocks',
  cluster: null,
  restarts: { readers: 0, writer: writerRestarts, reopenings: 0 },
})
