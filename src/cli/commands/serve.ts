import { Command } from 'commander'
import { isServerUrl } from '../connection.js'
import { addServeOptions, type ServeOptions } from '../serve/options.js'
import { readConfigFile } from '../serve/config-file.js'
import { readSwitches } from '../serve/switches.js'

/** `convodb serve --db chat.db`: a database for services, over HTTP. */
export function serveCommand(): Command {
  const command = new Command('serve').description('serve a database over HTTP, as docs/server.md tells')
  return addServeOptions(command)
    .addHelpText('after', help)
    .hook('preAction', () => {
      readSwitches(command)
      const config: unknown = command.getOptionValue('config')
      if (typeof config === 'string') readConfigFile(command, config)
      // Looked at here: the file may say it.
      const db: unknown = command.getOptionValue('db')
      if (db === undefined) command.error("error: required option '--db <file or URL>' not specified")
      // Taken for a file, it would become a folder of its name.
      if (typeof db === 'string' && isServerUrl(db))
        command.error(`error: --db is for files and postgres://; ${db} is a server's`)
    })
    .action(async () => {
      // Loaded where it is needed: no other command waits for a server's code.
      const { serve } = await import('../serve/serve.js')
      await serve(command.opts<ServeOptions>())
    })
}

const help = `
Examples:
  $ convodb serve --db chat.db
  $ convodb serve --db chat.db --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem

Each option may stand in the environment, too: --max-body-bytes is CONVODB_MAX_BODY_BYTES; and in the file of --config, as
"maxBodyBytes". The first start makes an admin's key and shows it once; "convodb keys" makes others.
SIGTERM and Ctrl-C answer what was accepted, and close the database in good order.`
