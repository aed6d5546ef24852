/** A message of a conversation that may go on in several ways from each. */
export interface TreeNode {
  readonly id: string
  /** What came before it; undefined, or a message that is not there, where it begins a conversation. */
  readonly parentId: string | undefined
}

/** Messages one after the other, and which one the first of them follows. */
export interface Branch<Node> {
  readonly leftAt: string | undefined
  readonly nodes: readonly Node[]
}

/** A tree as what was shown, and all the other ways, each from where it left another. */
export interface Branches<Node> {
  readonly shown: readonly Node[]
  readonly others: readonly Branch<Node>[]
}

/**
 * Takes a tree apart. Nothing in it is lost: every message is in what was shown or in one of the others.
 *
 * @param nodes in the order in which they were made, as far as that is known.
 * @param leafId the last message that was shown; the newest end where it is undefined or not there.
 */
export function branchesOf<Node extends TreeNode>(
  nodes: readonly Node[],
  leafId: string | undefined,
): Branches<Node> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const childrenOf = new Map<string | undefined, Node[]>()
  for (const node of byId.values()) {
    const parentId = node.parentId !== undefined && byId.has(node.parentId) ? node.parentId : undefined
    const siblings = childrenOf.get(parentId)
    if (siblings === undefined) childrenOf.set(parentId, [node])
    else siblings.push(node)
  }
  const end = leafId === undefined ? undefined : byId.get(leafId)
  const shown = pathTo(end ?? newestEnd(nodes, childrenOf), byId)
  const seen = new Set(shown.map(({ id }) => id))
  const others: Branch<Node>[] = []
  // Those of a circle have no beginning: any of them is taken for it.
  for (const node of [...startsOf(childrenOf, shown), ...byId.values()]) {
    if (!seen.has(node.id)) others.push(...branchesFrom(node, childrenOf, seen))
  }
  return { shown, others }
}

function newestEnd<Node extends TreeNode>(
  nodes: readonly Node[],
  childrenOf: ReadonlyMap<string | undefined, readonly Node[]>,
): Node | undefined {
  return nodes.findLast(({ id }) => !childrenOf.has(id)) ?? nodes.at(-1)
}

function pathTo<Node extends TreeNode>(end: Node | undefined, byId: ReadonlyMap<string, Node>): Node[] {
  const path: Node[] = []
  const seen = new Set<string>()
  let node = end
  while (node !== undefined && !seen.has(node.id)) {
    path.push(node)
    seen.add(node.id)
    node = node.parentId === undefined ? undefined : byId.get(node.parentId)
  }
  return path.toReversed()
}

/** What could have been shown instead: other beginnings, and other ways to go on. */
function startsOf<Node extends TreeNode>(
  childrenOf: ReadonlyMap<string | undefined, readonly Node[]>,
  shown: readonly Node[],
): Node[] {
  return [undefined, ...shown.map(({ id }) => id)].flatMap((id) => childrenOf.get(id) ?? [])
}

/** A branch goes on with the newest of several messages; the others begin branches of their own. */
function branchesFrom<Node extends TreeNode>(
  start: Node,
  childrenOf: ReadonlyMap<string | undefined, readonly Node[]>,
  seen: Set<string>,
): Branch<Node>[] {
  const branches: Branch<Node>[] = []
  const starts = [start]
  for (let first = starts.shift(); first !== undefined; first = starts.shift()) {
    const nodes: Node[] = []
    let node: Node | undefined = first
    while (node !== undefined && !seen.has(node.id)) {
      nodes.push(node)
      seen.add(node.id)
      const children: readonly Node[] = childrenOf.get(node.id) ?? []
      starts.push(...children.slice(0, -1))
      node = children.at(-1)
    }
    if (nodes.length > 0) branches.push({ leftAt: first.parentId, nodes })
  }
  return branches
}
