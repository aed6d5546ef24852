import { Command } from 'commander'
import { restoreDatabase } from '../../main/index.js'
import { runCopy } from '../backup/run.js'

interface Options {
  readonly db: string
  readonly force: boolean
}

/** `convodb restore monday.db --db chat.db`: puts a backup, once it is verified, in the place of a database. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('verify a backup and put it in the place of a database, which must not be in use')
    .argument('<file>', 'the backup')
    .requiredOption('--db <file>', 'where the database shall be')
    .option('--force', 'replace the database that is there', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 it is there and whole; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action((file: string, { db, force }: Options) =>
      runCopy((options) => restoreDatabase(file, db, { ...options, overwrite: force })),
    )
}
