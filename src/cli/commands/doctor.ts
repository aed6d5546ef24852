import { Command } from 'commander'
import { dirname } from 'node:path'
import { readEngineFacts } from '../../main/engine-facts.js'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { realPath } from '../../main/real-path.js'
import type { EngineFacts } from '../../protocol/engine-facts.js'
import { addPlaceOptions, placeOf, type Place } from '../connection.js'
import { examineBeside } from '../doctor/beside.js'
import { examineElsewhere } from '../doctor/elsewhere.js'
import { examineFile } from '../doctor/file.js'
import { fail, look, toText, type Finding } from '../doctor/finding.js'
import { examineFolder } from '../doctor/folder.js'
import { examineMachine } from '../doctor/machine.js'

interface Options {
  readonly json: boolean
}

/** `convodb doctor --db chat.db`: what is wrong, and what to do. */
export function doctorCommand(): Command {
  const command = new Command('doctor').description(
    'say what is wrong with a database, its folder and this machine, and what to do',
  )
  return addPlaceOptions(command)
    .option('--json', 'as NDJSON, a check a line', false)
    .addHelpText('after', help)
    .action(async ({ json }: Options) => {
      const findings = await examine(placeOf(command))
      process.stdout.write(
        findings.map((finding) => (json ? `${JSON.stringify(finding)}\n` : toText(finding))).join(''),
      )
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1
    })
}

const help = `
Nothing is written, and the file may be missing, damaged, another program's or in use. "convodb verify" checks every row.

Examples:
  $ convodb doctor --db chat.db
  $ convodb doctor --db chat.db --json | jq 'select(.status != "ok")'

Exit codes: 0 nothing fails; 1 something does; 2 wrong usage.`

async function examine(place: Place): Promise<readonly Finding[]> {
  const engine = await readEngineFacts().catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  const machine = examineMachine(engine)
  if (!('db' in place) || isPostgresUrl(place.db)) return [...machine, ...(await examineElsewhere(place))]
  return [...machine, ...(await examinePath(place.db, engine))]
}

async function examinePath(given: string, engine: EngineFacts | Error): Promise<readonly Finding[]> {
  let path: string
  try {
    path = await realPath(given)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [fail('path', reason, 'give the path of the file itself')]
  }
  const found = await Promise.all([
    look('file', () => examineFile(path, engine)),
    look('beside', () => examineBeside(path)),
    look('folder', () => examineFolder(dirname(path))),
  ])
  return found.flat()
}
