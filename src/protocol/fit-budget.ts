/** A message of a passage, and how far from what was found it stands: 0 is a hit. */
export interface BudgetItem {
  readonly passage: number
  readonly distance: number
  readonly content: string
}

/**
 * Which items fit into a budget, passage by passage: of each the hits first, then what stands nearest. A passage of which no hit fits is
 * left out, and the next one may fit.
 *
 * @param count what a text costs
 * @returns the indices of those that fit
 */
export function fitBudget(
  items: readonly BudgetItem[],
  budget: number,
  count: (text: string) => number,
): Set<number> {
  const order = items.map((_, index) => index).toSorted((a, b) => compare(items[a], items[b]) || a - b)
  const fitting = new Set<number>()
  const withHit = new Set<number>()
  let left = budget
  for (const index of order) {
    const item = items[index]
    if (item === undefined || (item.distance > 0 && !withHit.has(item.passage))) continue
    const cost = count(item.content)
    if (cost > left) continue
    left -= cost
    fitting.add(index)
    if (item.distance === 0) withHit.add(item.passage)
  }
  return fitting
}

const compare = (one: BudgetItem | undefined, other: BudgetItem | undefined): number =>
  (one?.passage ?? 0) - (other?.passage ?? 0) || (one?.distance ?? 0) - (other?.distance ?? 0)
