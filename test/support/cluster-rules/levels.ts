import { catalogueTables, contentTables } from '../../../src/postgres/schema/tables.js'
import { isNode, listUnder, nodesOf, textUnder, under, type Node } from './tree.js'

const content: ReadonlySet<string> = new Set(contentTables)
const catalogue: ReadonlySet<string> = new Set(catalogueTables)

interface Table {
  readonly name: string
  /** By which the statement calls it. */
  readonly alias: string
  readonly kind: 'content' | 'catalogue'
}

/** A query, be it the statement or one inside it: what it reads from, and on which conditions. */
export interface Level {
  readonly kind: 'select' | 'insert' | 'update' | 'delete'
  readonly node: Node
  readonly tables: readonly Table[]
  /** Whether it reads from nothing but functions, or nothing at all. */
  readonly hasOnlyFunctions: boolean
  /** What all of its rows fulfil: joined by AND. */
  readonly conditions: readonly unknown[]
  readonly locks: boolean
  readonly hasLimit: boolean
}

const kinds = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
} as const

const queries = Object.keys(kinds)

/** All queries of a statement, the outermost first. */
export function levelsOf(statement: unknown): Level[] {
  return Object.entries(kinds).flatMap(([name, kind]) =>
    [...nodesOf(statement, name)].map((node) => levelOf(kind, node)),
  )
}

function levelOf(kind: Level['kind'], node: Node): Level {
  const from = [...listUnder(node, 'fromClause'), ...listUnder(node, 'usingClause')]
  const target = isNode(node['relation']) ? [{ RangeVar: node['relation'] }] : []
  const tables = [...nodesOf([...target, ...from], 'RangeVar', queries)].flatMap(toTable)
  const others = [...nodesOf(from, 'RangeSubselect', queries)]
  return {
    kind,
    node,
    tables,
    hasOnlyFunctions: tables.length === 0 && others.length === 0,
    conditions: [...conjuncts(node['whereClause']), ...from.flatMap(joinConditions)],
    locks: listUnder(node, 'lockingClause').length > 0,
    hasLimit: node['limitCount'] !== undefined,
  }
}

function toTable(range: Node): Table[] {
  const name = textUnder(range, 'relname')
  const alias = textUnder(range, 'alias', 'aliasname') || name
  if (content.has(name)) return [{ name, alias, kind: 'content' }]
  return catalogue.has(name) ? [{ name, alias, kind: 'catalogue' }] : []
}

function conjuncts(condition: unknown): unknown[] {
  const and = under(condition, 'BoolExpr')
  return and['boolop'] === 'AND_EXPR'
    ? listUnder(and, 'args').flatMap(conjuncts)
    : condition === undefined
      ? []
      : [condition]
}

function joinConditions(from: unknown): unknown[] {
  const join = under(from, 'JoinExpr')
  return [
    ...conjuncts(join['quals']),
    ...['larg', 'rarg'].flatMap((side) => (join[side] === undefined ? [] : joinConditions(join[side]))),
  ]
}

/** The column that an expression is, such as `messages.channel_id`; the table is empty where it is not named. */
export function columnOf(
  expression: unknown,
): { readonly table: string; readonly column: string } | undefined {
  const fields = listUnder(expression, 'ColumnRef', 'fields').map((field) =>
    textUnder(field, 'String', 'sval'),
  )
  const column = fields.at(-1)
  return column === undefined ? undefined : { table: fields.at(-2) ?? '', column }
}

/** The tables whose channel a condition names by a value: one of them, or some. */
export function channelsNamed(level: Level): Map<string, 'one' | 'some'> {
  const named = new Map<string, 'one' | 'some'>()
  const only = level.tables.filter(({ kind }) => kind === 'content')
  for (const condition of level.conditions) {
    const operation = under(condition, 'A_Expr')
    const column = columnOf(operation['lexpr'])
    const isEqual = textUnder(listUnder(operation, 'name')[0], 'String', 'sval') === '='
    if (!isEqual || column?.column !== 'channel_id' || columnOf(operation['rexpr']) !== undefined) continue
    if (![...nodesOf(operation['rexpr'], 'ParamRef')].length) continue
    const how = operation['kind'] === 'AEXPR_OP_ANY' ? 'some' : 'one'
    const alias = column.table || (only.length === 1 ? only[0]?.alias : undefined)
    if (alias !== undefined && named.get(alias) !== 'one') named.set(alias, how)
  }
  return named
}

/** The pairs of tables whose channels a condition says to be the same. */
export function channelsJoined(level: Level): (readonly [string, string])[] {
  return level.conditions.flatMap((condition) => {
    const operation = under(condition, 'A_Expr')
    const [left, right] = [columnOf(operation['lexpr']), columnOf(operation['rexpr'])]
    return left?.column === 'channel_id' && right?.column === 'channel_id'
      ? [[left.table, right.table] as const]
      : []
  })
}
