import { readFileSync } from 'node:fs'
import type { Command, Option } from 'commander'
import { ConvoDbError } from '../../main/index.js'

/**
 * Fills in from the file what neither flags nor environment said.
 *
 * @throws INVALID_ARGUMENT naming the option
 */
export function readConfigFile(command: Command, path: string): void {
  const config = parse(path)
  for (const [name, value] of Object.entries(config)) {
    const option = command.options.find((one) => one.attributeName() === name)
    if (option === undefined || name === 'config') throw wrong(path, `there is no option '${name}'`)
    const source = command.getOptionValueSource(name)
    if (source === 'cli' || source === 'env') continue
    command.setOptionValueWithSource(name, read(option, value, path), 'config')
  }
}

/** As the flag would be read. */
function read(option: Option, value: unknown, path: string): unknown {
  const name = option.attributeName()
  if (typeof value === 'boolean' && !option.required) return value
  if (Array.isArray(value) && Array.isArray(option.defaultValue)) return value.map(String)
  if ((typeof value === 'string' || typeof value === 'number') && option.required) {
    const text = String(value)
    if (option.argChoices !== undefined && !option.argChoices.includes(text)) {
      throw wrong(path, `${name} must be one of ${option.argChoices.join(', ')}`)
    }
    try {
      return option.parseArg === undefined ? text : option.parseArg(text, undefined)
    } catch (error) {
      throw wrong(path, `${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw wrong(path, `${name} can not be ${JSON.stringify(value)}`)
}

function parse(path: string): object {
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message : String(error))
  }
  throw wrong(path, 'it must hold one JSON object')
}

const wrong = (path: string, problem: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `--config ${path}: ${problem}`)
