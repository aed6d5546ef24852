import { Command } from 'commander'
import { backupDatabase } from '../../main/index.js'
import { runCopy } from '../backup/run.js'

interface Options {
  readonly db: string
  readonly force: boolean
}

/** `convodb backup monday.db --db chat.db`: a verified copy of a database, which may be in use. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('copy a database, which may be in use, into a file of its own, and verify the copy')
    .argument('<file>', 'the backup')
    .requiredOption('--db <file>', 'the database')
    .option('--force', 'replace the file that is there', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 it is there and whole; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action((file: string, { db, force }: Options) =>
      runCopy((options) => backupDatabase(db, file, { ...options, overwrite: force })),
    )
}
