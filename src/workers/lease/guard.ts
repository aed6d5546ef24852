import { ConvoDbError } from '../../protocol/errors.js'
import type { BindParams, Connection } from '../connection/connection.js'
import { internalTables } from './our-tables.js'
import { leadingTokens } from './statements.js'

/** They end the transaction, or reach beyond it. ROLLBACK TO is told from ROLLBACK by its program. */
const refusedWords: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'END', 'ATTACH', 'DETACH', 'VACUUM'])
const refusedOpcodes: ReadonlySet<string> = new Set([
  'AutoCommit',
  'Vacuum',
  'IncrVacuum',
  'JournalMode',
  'Checkpoint',
])
const refusedFunctions = /^sqlite_(attach|detach)/

/** These only tell something, whatever their argument. A pragma takes effect when it is compiled, not when it runs. */
const tellingPragmas: ReadonlySet<string> = new Set([
  'COMPILE_OPTIONS',
  'COLLATION_LIST',
  'DATABASE_LIST',
  'DATA_VERSION',
  'FOREIGN_KEY_CHECK',
  'FOREIGN_KEY_LIST',
  'FREELIST_COUNT',
  'FUNCTION_LIST',
  'INDEX_INFO',
  'INDEX_LIST',
  'INDEX_XINFO',
  'INTEGRITY_CHECK',
  'MODULE_LIST',
  'PAGE_COUNT',
  'PRAGMA_LIST',
  'QUICK_CHECK',
  'TABLE_INFO',
  'TABLE_LIST',
  'TABLE_XINFO',
])
/** These tell something where they have no argument. */
const readablePragmas: ReadonlySet<string> = new Set([
  'APPLICATION_ID',
  'AUTO_VACUUM',
  'BUSY_TIMEOUT',
  'CACHE_SIZE',
  'ENCODING',
  'FOREIGN_KEYS',
  'JOURNAL_MODE',
  'PAGE_SIZE',
  'QUERY_ONLY',
  'RECURSIVE_TRIGGERS',
  'SCHEMA_VERSION',
  'SECURE_DELETE',
  'SYNCHRONOUS',
  'TEMP_STORE',
  'TRUSTED_SCHEMA',
  'USER_VERSION',
])

/** What a statement does, as far as the lease needs to know. */
export interface StatementEffects {
  readonly changesSchema: boolean
  /** What is done after it may be undone by itself. */
  readonly isSavepoint: boolean
  /** The tables it reads or writes, apart from what our own triggers do below it. */
  readonly tables: ReadonlySet<string>
}

const noEffects: StatementEffects = { changesSchema: false, isSavepoint: false, tables: new Set() }

const schemaOpcodes: ReadonlySet<string> = new Set(['ParseSchema', 'DropTable', 'DropIndex', 'DropTrigger'])

const writingOpcodes: ReadonlySet<string> = new Set(['OpenWrite', 'Clear', 'Destroy'])

interface Root {
  readonly database: number
  readonly rootpage: number
  readonly tableName: string
}

/** Tables by database and root page. */
type Tables = ReadonlyMap<string, string>
const toRootKey = (database: number, rootpage: number): string => `${database}:${rootpage}`

interface Instruction {
  readonly addr: number
  readonly opcode: string
  readonly p1: number
  readonly p2: number
  readonly p3: number
  readonly p4: string | null
  readonly p5: number
}

/** OpenWrite's second operand is a register then, of a table that the statement has just made. */
const rootInRegister = 0x10

const listRoots = `
  SELECT 0 AS database, rootpage, tbl_name AS tableName FROM main.sqlite_schema WHERE rootpage > 0
  UNION ALL SELECT 1, rootpage, tbl_name FROM temp.sqlite_schema WHERE rootpage > 0`
const listOurTriggers = `
  SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name IN (
    'channels', 'messages', 'users', 'user_profiles', 'conversation_segments', 'segment_messages', 'embeddings',
    'embedding_models', 'message_reactions', 'message_versions', 'changes'
  )`
const listTemporaryTriggers = `SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'`

const refused = (what: string, whatToDo: string): ConvoDbError =>
  new ConvoDbError('SQL_NOT_ALLOWED', `${what} is not allowed in withConnection: ${whatToDo}`, {
    field: 'sql',
  })

/**
 * Looks at a borrower's statement before it runs, in a way that comments and spelling can not fool: SQLite itself compiles
 * it, and EXPLAIN shows the program (https://www.sqlite.org/opcode.html).
 */
export class StatementGuard {
  readonly #connection: Connection
  #ourTriggers: ReadonlySet<string> = new Set()
  readonly #allowed = new Map<string, StatementEffects>()

  constructor(connection: Connection) {
    this.#connection = connection
    this.learnTriggers()
  }

  get ourTriggers(): ReadonlySet<string> {
    return this.#ourTriggers
  }

  /** Takes the triggers that are there now for ours: to be called when some of ours were added, and nothing by the borrower. */
  learnTriggers(): void {
    const temporary = this.#connection.column<string>(listTemporaryTriggers)
    this.#ourTriggers = new Set([...this.#connection.column<string>(listOurTriggers), ...temporary])
  }

  /** @throws SQL_NOT_ALLOWED, and what SQLite finds wrong with the statement */
  check(sql: string, params: BindParams): StatementEffects {
    const known = this.#allowed.get(sql)
    if (known !== undefined) return known
    if (sql.includes('\0')) throw refused('A NUL character', 'SQL ends at one; bind it as a parameter')
    const [first = '', ...rest] = leadingTokens(sql, 12)
    const isExplain = first === 'EXPLAIN'
    const words = isExplain ? afterExplain(rest) : [first, ...rest]
    const [word = ''] = words
    if (refusedWords.has(word)) throw transactionIsOurs(word)
    if (word === 'PRAGMA') assertTelling(words)
    const effects = word === 'PRAGMA' || isExplain ? noEffects : this.#checkProgram(sql, params)
    this.#allowed.set(sql, effects)
    return effects
  }

  #checkProgram(sql: string, params: BindParams): StatementEffects {
    // So that what is wrong with the statement reads as SQLite says it of the statement itself.
    this.#connection.prepareOnce(sql)
    const program = this.#connection.all<Instruction>(`EXPLAIN ${sql}`, params)
    const rows = this.#connection.all<Root>(listRoots)
    const tables: Tables = new Map(rows.map((row) => [toRootKey(row.database, row.rootpage), row.tableName]))
    const [own = [], ...others] = splitPrograms(program)
    const theirs = [own, ...others.filter((part) => !this.#isOurs(part))]
    for (const part of theirs) checkInstructions(part, tables)
    return {
      changesSchema: own.some(({ opcode }) => schemaOpcodes.has(opcode)),
      isSavepoint: own.some(({ opcode }) => opcode === 'Savepoint'),
      tables: new Set(theirs.flatMap((part) => part.flatMap((step) => tableOf(step, tables) ?? []))),
    }
  }

  /** What our own triggers and foreign keys do is right; foreign keys' actions have no name. */
  #isOurs([first]: readonly Instruction[]): boolean {
    const trigger = /^-- TRIGGER (.*)$/s.exec(first?.p4 ?? '')?.[1]
    return trigger === undefined || this.#ourTriggers.has(trigger)
  }
}

/** EXPLAIN lists a statement's own program first, then each trigger's and foreign key's, whose addresses start anew. */
function splitPrograms(program: readonly Instruction[]): Instruction[][] {
  const parts: Instruction[][] = []
  for (const instruction of program) {
    if (instruction.addr === 0) parts.push([])
    parts.at(-1)?.push(instruction)
  }
  return parts
}

/** The table that an instruction opens, empties or drops. */
function tableOf({ opcode, p1, p2, p3, p5 }: Instruction, tables: Tables): string | undefined {
  switch (opcode) {
    case 'OpenRead':
    case 'OpenWrite':
    case 'ReopenIdx':
      return (p5 & rootInRegister) === 0 ? tables.get(toRootKey(p3, p2)) : undefined
    case 'Clear':
      return tables.get(toRootKey(p2, p1))
    case 'Destroy':
      return tables.get(toRootKey(p3, p1))
    default:
      return undefined
  }
}

function checkInstructions(program: readonly Instruction[], tables: Tables): void {
  const written = new Set<string>()
  for (const instruction of program) {
    const { opcode, p4 } = instruction
    if (refusedOpcodes.has(opcode)) throw transactionIsOurs(opcode === 'AutoCommit' ? 'ROLLBACK' : opcode)
    if (opcode === 'Function' && refusedFunctions.test(p4 ?? '')) throw transactionIsOurs('ATTACH')
    const table = writingOpcodes.has(opcode) ? tableOf(instruction, tables) : undefined
    if (table !== undefined) written.add(table)
  }
  const internal = [...written].find((table) => internalTables.has(table))
  if (internal !== undefined) {
    throw refused(
      `Writing ${internal}`,
      'ConvoDB keeps it, and changes it with the tables that it follows from',
    )
  }
  // An insert writes down the key it handed out, and a dropped table's goes with it; by itself nobody changes those.
  const isDrop = program.some(({ opcode }) => opcode === 'DropTable')
  if (written.size === 1 && written.has('sqlite_sequence') && !isDrop) {
    throw refused('Writing sqlite_sequence', 'keys are never handed out twice')
  }
}

function afterExplain(rest: readonly string[]): readonly string[] {
  return rest[0] === 'QUERY' && rest[1] === 'PLAN' ? rest.slice(2) : rest
}

function assertTelling([, first = '', second = '', third = '', fourth = '']: readonly string[]): void {
  const [name, next] = second === '.' ? [third, fourth] : [first, second]
  const hasArgument = next !== '' && next !== ';'
  if (tellingPragmas.has(name) || (readablePragmas.has(name) && !hasArgument)) return
  throw refused(`PRAGMA ${name.toLowerCase()}`, 'only pragmas that tell something and set nothing are')
}

const transactionIsOurs = (word: string): ConvoDbError =>
  refused(
    word,
    'the lease is one transaction, which commits when the work resolves and rolls back when it throws',
  )
