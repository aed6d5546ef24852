/** A child process: runs one side once and prints what it measured as JSON. */
import { isSideName, sides } from './sides/index.js'
import type { SideInput } from './sides/side.js'

const [name = '', inputText = ''] = process.argv.slice(2)
if (!isSideName(name)) throw new Error(`There is no side '${name}'`)
const input: SideInput = JSON.parse(inputText)
process.stdout.write(JSON.stringify(await sides[name](input)))
