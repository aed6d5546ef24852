import type { Session } from './session.js'

/** A statement that takes rows as lists of their columns, as one server and as a cluster is asked. */
export interface ListSql {
  readonly oneServer: string
  readonly cluster: string
}

/**
 * Row by row as the lists are read: in FROM each would be read whole before the first row, for a quarter of what an insertion takes. What a
 * cluster makes of lists is known of FROM alone.
 */
export function ofLists(types: readonly string[], write: (rows: string) => string): ListSql {
  const lists = types.map((type, index) => `$${index + 1}::${type}[]`)
  return {
    oneServer: `/* one server */ ${write(`SELECT ${lists.map((list) => `unnest(${list})`).join(', ')}`)}`,
    cluster: write(`SELECT * FROM unnest(${lists.join(', ')})`),
  }
}

export const sqlFor = (session: Session, { oneServer, cluster }: ListSql): string =>
  session.isDivided ? cluster : oneServer
