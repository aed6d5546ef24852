import { Command } from 'commander'
import { addFileOption, fileOf } from '../connection.js'

interface Options {
  readonly force: boolean
  readonly json: boolean
}

const overHttp = 'GET /v1/backup streams one, and --backup-every of "convodb serve" makes them'

/** `convodb backup monday.db --db chat.db`: a verified copy of a database, which may be in use. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description('copy a database, which may be in use, into a file of its own, and verify the copy')
    .argument('<file>', 'the backup')
  return addFileOption(command, 'the database')
    .option('--force', 'replace the file that is there', false)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ convodb backup monday.db --db chat.db\n\nExit codes: 0 it is there and whole; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(async (file: string, { force, json }: Options) => {
      const db = fileOf(command, overHttp)
      const [{ backupDatabase }, { runCopy }] = await Promise.all([
        import('../../main/backup-database.js'),
        import('../backup/run.js'),
      ])
      await runCopy((options) => backupDatabase(db, file, { ...options, overwrite: force }), json)
    })
}
