import type { ScaleInitReport } from '../postgres/index.js'
import { loadEngine } from './executors/postgres/load-engine.js'

export type { ScaleInitReport }

/**
 * Makes the tables of a database on PostgreSQL, or brings them up to date, and divides them by channel where the database is a coordinator's
 * of Citus. Safe to repeat.
 *
 * @param shards into how many parts; default what the server says
 * @throws CANNOT_OPEN, UNREACHABLE, NEWER_SCHEMA; UNSUPPORTED (no `pg`, or Citus refuses, with what it says)
 */
export async function scaleInit(
  url: string,
  options: { readonly shards?: number | undefined },
): Promise<ScaleInitReport> {
  const { initializeScale } = await loadEngine()
  return initializeScale(url, options)
}
