import { parse } from 'libpg-query'

/** A node of PostgreSQL's own parse tree: `{ SelectStmt: { ... } }` and what is in there. */
export type Node = Readonly<Record<string, unknown>>

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is under a name, as a node; an empty one where there is nothing. */
export function under(node: unknown, ...names: readonly string[]): Node {
  let found: unknown = node
  for (const name of names) found = isNode(found) ? found[name] : undefined
  return isNode(found) ? found : {}
}

export function listUnder(node: unknown, ...names: readonly string[]): readonly unknown[] {
  const last = names.at(-1) ?? ''
  const found = under(node, ...names.slice(0, -1))[last]
  return Array.isArray(found) ? found : []
}

export function textUnder(node: unknown, ...names: readonly string[]): string {
  const found = under(node, ...names.slice(0, -1))[names.at(-1) ?? '']
  return typeof found === 'string' ? found : ''
}

/** All nodes of a kind, at any depth; not below those that `stop` names. */
export function* nodesOf(tree: unknown, kind: string, stop: readonly string[] = []): Generator<Node> {
  if (Array.isArray(tree)) for (const item of tree) yield* nodesOf(item, kind, stop)
  if (!isNode(tree)) return
  for (const [name, value] of Object.entries(tree)) {
    if (name === kind && isNode(value)) yield value
    if (!stop.includes(name)) yield* nodesOf(value, kind, stop)
  }
}

export async function statementsOf(sql: string): Promise<Node[]> {
  const tree: unknown = await parse(sql)
  return listUnder(tree, 'stmts').map((statement) => under(statement, 'stmt'))
}
