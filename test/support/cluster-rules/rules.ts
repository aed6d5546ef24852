import { channelsJoined, channelsNamed, columnOf, levelsOf, type Level } from './levels.js'
import { listUnder, nodesOf, statementsOf, textUnder, under, type Node } from './tree.js'

/** What a statement says that has to ask every node; and one that no cluster gets to see, having another in its place. */
const asksAll = '/* all nodes */'
const isOfOneServer = '/* one server */'

const contentOf = (level: Level) => level.tables.filter(({ kind }) => kind === 'content')
const catalogueOf = (level: Level) => level.tables.filter(({ kind }) => kind === 'catalogue')

/**
 * Why a cluster that is divided by channel (Citus) would refuse a statement, or ask more nodes than it says. It refuses what it can not
 * plan, whatever the data: https://docs.citusdata.com/en/stable/develop/reference_workarounds.html
 */
export async function clusterFaults(sql: string): Promise<string[]> {
  if (sql.includes(isOfOneServer)) return []
  const statements = await statementsOf(sql)
  return statements.flatMap((statement) => faultsOf(statement, sql.includes(asksAll)))
}

/** The same of many: what is wrong with each, and the statement itself. */
export async function clusterFaultsOf(statements: Iterable<string>): Promise<string[]> {
  const faults = await Promise.all(
    [...statements].map(async (sql) => {
      const found = await clusterFaults(sql)
      return found.length === 0 ? [] : [`${found.join(', ')}: ${sql.trim().replaceAll(/\s+/g, ' ')}`]
    }),
  )
  return faults.flat()
}

function faultsOf(statement: Node, mayAskAll: boolean): string[] {
  const levels = levelsOf(statement)
  const hasContent = levels.some((level) => contentOf(level).length > 0)
  const hasCatalogue = levels.some((level) => catalogueOf(level).length > 0)
  const faults = [...ofAnyStatement(statement)]
  if (!hasContent) {
    for (const level of levels) faults.push(...ofLevel(level))
    return mayAskAll ? [...faults, 'says that it asks all nodes, and asks none'] : faults
  }
  const asks = levels.flatMap((level) => unnamed(level))
  if (asks.length > 0 && !mayAskAll) faults.push(...asks)
  if (asks.length === 0 && mayAskAll) faults.push('says that it asks all nodes, and names its channels')
  if (hasCatalogue && !mayAskAll) faults.push('reads the catalogue and content of channels at once')
  if (mayAskAll) faults.push(...ofAllNodes(levels))
  for (const level of levels) faults.push(...ofLevel(level))
  const inWith = [...nodesOf(statement, 'withClause')]
  if (['InsertStmt', 'UpdateStmt', 'DeleteStmt'].some((name) => [...nodesOf(inWith, name)].length > 0))
    faults.push('changes something inside WITH')
  return [...new Set(faults)]
}

/** Tables of a query whose channel no value names; what is inserted has its own. */
function unnamed(level: Level): string[] {
  const named = channelsNamed(level)
  const target = level.kind === 'insert' ? level.tables[0] : undefined
  return contentOf(level)
    .filter((table) => table !== target && !named.has(table.alias))
    .map(({ alias }) => `names no channel of ${alias}`)
}

function* ofAnyStatement(statement: Node): Generator<string> {
  for (const [kind, fault] of [
    ['MergeStmt', 'MERGE'],
    ['CreateTrigStmt', 'a trigger'],
    ['CreateFunctionStmt', 'a function of its own'],
  ] as const)
    if (nodesOf(statement, kind).next().done === false) yield `uses ${fault}`
  for (const call of nodesOf(statement, 'FuncCall')) {
    const name = textUnder(listUnder(call, 'funcname').at(-1), 'String', 'sval')
    const isAmbiguous = ['pg_terminate_backend', 'pg_cancel_backend'].includes(name)
    if (isAmbiguous && listUnder(call, 'args').some((arg) => 'ParamRef' in under({ arg }, 'arg')))
      yield `calls ${name} without saying the type`
  }
}

/** What is planned for every node must go together by channel, or lie beside it. */
function* ofAllNodes(levels: readonly Level[]): Generator<string> {
  for (const [index, level] of levels.entries()) {
    const content = contentOf(level)
    const joined = channelsJoined(level)
    const together = new Set(content.slice(0, 1).map(({ alias }) => alias))
    for (let round = 0; round < content.length; round += 1)
      for (const [one, other] of joined) {
        if (together.has(one)) together.add(other)
        if (together.has(other)) together.add(one)
      }
    for (const { alias } of content) if (!together.has(alias)) yield `does not join ${alias} by its channel`
    const isInner = index > 0 && level.kind === 'select'
    if (isInner && content.length > 0 && level.hasLimit) yield 'limits a query inside another'
    if ([...nodesOf(level.node, 'WindowDef')].length > 0) yield 'uses a window'
    if (
      listUnder(level.node, 'fromClause').some((from) => under(from, 'JoinExpr')['jointype'] === 'JOIN_FULL')
    )
      yield 'joins fully'
  }
}

function* ofLevel(level: Level): Generator<string> {
  const content = contentOf(level)
  if (level.locks && content.length > 0) {
    const named = channelsNamed(level)
    if (content.some(({ alias }) => named.get(alias) !== 'one')) yield 'locks rows of more than one channel'
  }
  if (level.hasOnlyFunctions && level.kind === 'select' && level.node['op'] === 'SETOP_NONE') {
    const inside = [...nodesOf(level.node, 'SubLink')].flatMap((link) => levelsOf(link))
    if (listUnder(level.node, 'fromClause').length > 0 && inside.some((inner) => contentOf(inner).length > 0))
      yield 'asks for content for each row of a function'
    if (
      listUnder(level.node, 'fromClause').length === 0 &&
      inside.some((inner) => contentOf(inner).length > 0)
    )
      yield 'asks for content inside a query without FROM'
  }
  if (level.kind === 'update' && content[0] === level.tables[0])
    for (const set of listUnder(level.node, 'targetList'))
      if (content.length > 0 && textUnder(set, 'ResTarget', 'name') === 'channel_id')
        yield 'changes a row’s channel'
  if (level.kind === 'insert') yield* ofTwoSteps(level.node)
  if (level.kind === 'insert' && content.length > 0) yield* ofConflict(level.node)
}

/** What is done in two steps, the second of which knows no values. */
function* ofTwoSteps(insert: Node): Generator<string> {
  const isSelect = listUnder(insert, 'selectStmt', 'SelectStmt', 'valuesLists').length === 0
  const later = [insert['onConflictClause'], insert['returningList']]
  if (isSelect && [...nodesOf(later, 'ParamRef')].length > 0)
    yield 'binds a value behind ON CONFLICT of a query'
}

function* ofConflict(insert: Node): Generator<string> {
  const conflict = under(insert, 'onConflictClause')
  if (Object.keys(conflict).length === 0) return
  const columns = listUnder(conflict, 'infer', 'indexElems').map((column) =>
    textUnder(column, 'IndexElem', 'name'),
  )
  if (!columns.includes('channel_id')) yield 'ON CONFLICT names no key with the channel'
  const sets = listUnder(conflict, 'targetList')
  if ([...nodesOf(sets, 'SubLink')].length > 0) yield 'asks something in DO UPDATE SET'
  if ([...nodesOf(sets, 'FuncCall')].length > 0) yield 'calls a function in DO UPDATE SET'
  if (sets.some((set) => columnOf(under(set, 'ResTarget', 'val'))?.column === 'channel_id'))
    yield 'changes a row’s channel'
}
