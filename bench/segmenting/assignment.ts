/**
 * The most that a one-to-one assignment of rows to columns adds up to (Kuhn 1955; here with potentials and shortest paths, in
 * O(rows² · columns)).
 *
 * @param values not negative; no more rows than columns.
 */
export function greatestAssignment(values: readonly (readonly number[])[]): number {
  const rows = values.length
  const columns = values[0]?.length ?? 0
  if (rows > columns) throw new RangeError('There must be no more rows than columns')
  // Column 0 and row 0 stand for none.
  const rowPotential = new Float64Array(rows + 1)
  const columnPotential = new Float64Array(columns + 1)
  const rowOf = new Int32Array(columns + 1)
  for (let row = 1; row <= rows; row += 1) {
    const cameFrom = new Int32Array(columns + 1)
    const distance = new Float64Array(columns + 1).fill(Infinity)
    const isDone = new Uint8Array(columns + 1)
    rowOf[0] = row
    let column = 0
    do {
      isDone[column] = 1
      const current = at(rowOf, column)
      let nearest = 0
      let least = Infinity
      for (let next = 1; next <= columns; next += 1) {
        if (isDone[next] === 1) continue
        const cost =
          -(values[current - 1]?.[next - 1] ?? 0) - at(rowPotential, current) - at(columnPotential, next)
        if (cost < at(distance, next)) {
          distance[next] = cost
          cameFrom[next] = column
        }
        if (at(distance, next) < least) {
          least = at(distance, next)
          nearest = next
        }
      }
      for (let other = 0; other <= columns; other += 1) {
        if (isDone[other] === 1) {
          rowPotential[at(rowOf, other)] = at(rowPotential, at(rowOf, other)) + least
          columnPotential[other] = at(columnPotential, other) - least
        } else {
          distance[other] = at(distance, other) - least
        }
      }
      column = nearest
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      const before = at(cameFrom, column)
      rowOf[column] = at(rowOf, before)
      column = before
    }
  }
  let sum = 0
  for (let column = 1; column <= columns; column += 1) {
    sum += values[at(rowOf, column) - 1]?.[column - 1] ?? 0
  }
  return sum
}

const at = (numbers: Float64Array | Int32Array, index: number): number => numbers[index] ?? 0
