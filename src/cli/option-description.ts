import { Help, type Option } from 'commander'

const help = new Help()

/** What `--help` and the manual say of an option; that a flag is off until it is given goes without saying. */
export const optionDescription = (option: Option): string =>
  help
    .optionDescription(option)
    .replace(/ \(default: (?:false|\[\])\)$/, '')
    .replace(/, default: (?:false|\[\])(?=[,)])/, '')
    .replace(/\(default: (?:false|\[\]), /, '(')
