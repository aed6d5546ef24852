import type { Command } from 'commander'
import { ConvoDbError } from '../../main/index.js'

const meanings: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/**
 * Reads what the environment says of options that take no value: Commander takes any text for a yes, `false`, too.
 *
 * @throws INVALID_ARGUMENT naming the variable
 */
export function readSwitches(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName()
    const { envVar } = option
    if (!option.isBoolean() || envVar === undefined || command.getOptionValueSource(name) !== 'env') continue
    const value = meanings.get((process.env[envVar] ?? '').toLowerCase())
    if (value === undefined) {
      throw new ConvoDbError('INVALID_ARGUMENT', `${envVar} must be true or false`, { field: name })
    }
    command.setOptionValueWithSource(name, value, 'env')
  }
}
