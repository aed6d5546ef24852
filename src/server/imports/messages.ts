import type { MessagePort } from 'node:worker_threads'
import type { FormatName } from '../../importers/formats/format.js'
import type { FileReport, ImportCounts } from '../../importers/import-counts.js'
import type { PostgresSource } from '../../main/postgres-source.js'
import type { ErrorData } from '../../protocol/errors.js'

/** What the server and the thread of an import tell each other. */

/** What a request asked for. */
export interface AskedImport {
  /** What the file is called: some formats have the channel's name in it. */
  readonly name: string
  /** Undefined: found out from the file. */
  readonly format: FormatName | undefined
  readonly dryRun: boolean
  readonly strict: boolean
}

/** As `workerData`. */
export interface ImportWork extends AskedImport {
  readonly path: string
  readonly way: { readonly port: MessagePort } | { readonly postgres: PostgresSource }
}

/** To the thread: nothing more is read, and what was is stored. */
export type ImportInput = 'stop'

interface RefusedItem {
  readonly file: string
  /** A line's number, or which item it is. */
  readonly at: number | string
  readonly message: string
}

interface ServedImportReport extends ImportCounts {
  readonly files: readonly FileReport[]
  /** Files of an archive that are of no format that is known. */
  readonly unknownFiles: readonly string[]
}

/** From the thread, and as it is answered: a line of JSON each. */
export type ImportOutput =
  | { readonly progress: ImportCounts }
  | { readonly refused: RefusedItem }
  | { readonly problem: string }
  | { readonly report: ServedImportReport }
  | { readonly error: ErrorData }
