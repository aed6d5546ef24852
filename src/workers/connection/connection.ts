import type Database from 'better-sqlite3'
import { hideBoundValues } from './bound-values.js'
import { messageChecksum, rowChecksum } from './checksums.js'
import { ChannelScope } from './channel-scope.js'
import { refuseRow } from './damaged-row.js'
import { BlockCache } from '../vectors/block-cache.js'
import { UnindexedMessages } from '../unindexed/unindexed-messages.js'
import type { KnownLengths } from '../words/known-lengths.js'
import { UnindexedWords } from '../words/unindexed-words.js'
import { ChangedWords } from '../words/changed-words.js'
import { WriterMemory } from '../writer/memory.js'

/** Values SQLite binds. Numbers bind as REAL; STRICT integer columns turn whole ones back. */
export type BindValue = string | number | bigint | Uint8Array | null
export type BindParams = readonly BindValue[] | { readonly [name: string]: BindValue }

/** What a read handler may do. A write connection serves wherever a read connection does, never the other way round. */
export interface ReadConnection {
  /** The snapshot's messages that are stored and not indexed; nothing outside a snapshot for reads. */
  readonly unindexed: UnindexedMessages
  /** Which channels there are for whoever asks. */
  readonly scope: ChannelScope
  /** Whether words are indexed and searched for, and which of them this connection has changed. */
  readonly words: ConnectionWords
  /** What it keeps of blocks of vectors. */
  readonly blocks: BlockCache
  /** The first row, or undefined. */
  get<Row>(sql: string, params?: BindParams): Row | undefined
  all<Row>(sql: string, params?: BindParams): Row[]
  /** The first column of every row. */
  column<Value>(sql: string, params?: BindParams): Value[]
}

export interface WriteConnection extends ReadConnection {
  readonly memory: WriterMemory
  readonly inTransaction: boolean
  /** To be called after a rollback, of all or to a savepoint: forgets what may have been undone. */
  forgetUndone(): void
  /** Runs SQL that takes no parameters and returns no rows, one statement or many. */
  exec(sql: string): void
  /** Runs one statement and tells how many rows it changed, not counting triggers and cascades. */
  run(sql: string, params?: BindParams): number
  /** Inserts one row and returns its integer key. RETURNING would make SQLite plan for foreign keys it need not check. */
  insert(sql: string, params?: BindParams): number
}

interface ConnectionWords {
  readonly isOn: boolean
  /** Of a connection that only reads: what it knows of blocks. */
  readonly lengths: KnownLengths | undefined
  readonly unindexed: UnindexedWords
  readonly changed: ChangedWords
}

/** One thread's SQLite connection; every statement is prepared once and kept. */
export class Connection implements WriteConnection {
  readonly unindexed = new UnindexedMessages()
  readonly scope = new ChannelScope()
  readonly blocks = new BlockCache()
  readonly memory = new WriterMemory()
  readonly words: ConnectionWords & { isOn: boolean; lengths: KnownLengths | undefined } = {
    isOn: false,
    lengths: undefined,
    unindexed: new UnindexedWords(),
    changed: new ChangedWords(),
  }
  /** Of a lent connection: that a statement met a fault which concerns connections. Its borrower may have swallowed it. */
  hasMetFault = false
  readonly #database: Database.Database
  readonly #statements = new Map<string, Database.Statement>()
  readonly #plucked = new Map<string, Database.Statement>()

  constructor(database: Database.Database) {
    this.#database = database
  }

  get<Row>(sql: string, params: BindParams = []): Row | undefined {
    return this.#prepare<Row>(sql).get(params)
  }

  all<Row>(sql: string, params: BindParams = []): Row[] {
    return this.#prepare<Row>(sql).all(params)
  }

  column<Value>(sql: string, params: BindParams = []): Value[] {
    const plucked =
      this.#plucked.get(sql) ?? this.#database.prepare<[BindParams]>(hideBoundValues(sql)).pluck()
    this.#plucked.set(sql, plucked)
    return (plucked as Database.Statement<[BindParams], Value>).all(params)
  }

  run(sql: string, params: BindParams = []): number {
    return this.#prepare<unknown>(sql).run(params).changes
  }

  insert(sql: string, params: BindParams = []): number {
    return Number(this.#prepare<unknown>(sql).run(params).lastInsertRowid)
  }

  /** Makes `row_checksum`, `message_checksum` and `refuse_row` known to SQL on this connection. */
  defineChecksums(): void {
    const options = { deterministic: true, varargs: true }
    this.#database.function('row_checksum', options, rowChecksum)
    this.#database.function('message_checksum', options, messageChecksum)
    this.#database.function('refuse_row', refuseRow)
  }

  /** Makes a function of one value, which depends on nothing else, known to SQL on this connection. */
  define(name: string, compute: (value: BindValue) => BindValue): void {
    this.#database.function(name, { deterministic: true }, compute)
  }

  /** Makes a function known to SQL on this connection that gives nothing and is told something. */
  defineNote(name: string, note: (...values: readonly BindValue[]) => void): void {
    this.#database.function(name, { varargs: true }, (...values: readonly BindValue[]) => {
      note(...values)
      return null
    })
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  forgetUndone(): void {
    this.memory.forget()
    this.words.unindexed.forget()
    this.words.changed.noteMendedAgain()
  }

  /** A statement outside the cache, for SQL that comes from a caller. */
  prepareOnce(sql: string): Database.Statement<[BindParams]> {
    return this.#database.prepare<[BindParams]>(sql)
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  pragma(source: string): unknown {
    return this.#database.pragma(source, { simple: true })
  }

  close(): void {
    this.#statements.clear()
    this.#plucked.clear()
    this.#database.close()
  }

  #prepare<Row>(sql: string): Database.Statement<[BindParams], Row> {
    const cached = this.#statements.get(sql)
    if (cached !== undefined) return cached as Database.Statement<[BindParams], Row>
    const statement = this.#database.prepare<[BindParams], Row>(hideBoundValues(sql))
    this.#statements.set(sql, statement)
    return statement
  }
}
