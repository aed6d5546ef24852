import { Command } from 'commander'
import { addFileOption, fileOf } from '../connection.js'

interface Options {
  readonly force: boolean
  readonly json: boolean
}

const overHttp = 'stop the server, run this beside its file, and start it again'

/** `convodb restore monday.db --db chat.db`: puts a backup, once it is verified, in the place of a database. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('verify a backup and put it in the place of a database, which must not be in use')
    .argument('<file>', 'the backup')
  return addFileOption(command, 'where the database shall be')
    .option('--force', 'replace the database that is there', false)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ convodb restore monday.db --db chat.db --force\n\nExit codes: 0 it is there and whole; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(async (file: string, { force, json }: Options) => {
      const db = fileOf(command, overHttp)
      const [{ restoreDatabase }, { runCopy }] = await Promise.all([
        import('../../main/backup-database.js'),
        import('../backup/run.js'),
      ])
      await runCopy((options) => restoreDatabase(file, db, { ...options, overwrite: force }), json)
    })
}
