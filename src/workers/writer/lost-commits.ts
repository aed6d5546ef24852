import type { CommitMark } from '../files/owner-file.js'

interface Commits {
  readonly opening: number
  readonly commits: number
}

/**
 * How many transactions the last owner acknowledged that are not in the file: what follows a damaged page of the log, SQLite takes
 * for never finished, and drops without a word (https://www.sqlite.org/fileformat2.html#walformat). Of a file that another one was
 * put in the place of since, the mark tells nothing.
 */
export function countLostCommits(mark: CommitMark | undefined, { opening, commits }: Commits): number {
  if (mark === undefined) return 0
  if (mark.opening === opening) return Math.max(0, mark.commits - commits)
  // Not even the beginning of that opening is left.
  return mark.previous === opening ? mark.commits : 0
}
