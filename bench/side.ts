/** A child process: runs one side of a case once and prints what it measured as JSON. */
import { isPeerName, peers } from './peers/index.js'
import type { PeerInput } from './peer.js'

const [name = '', inputText = ''] = process.argv.slice(2)
if (!isPeerName(name)) throw new Error(`There is no side '${name}'`)
const input: PeerInput = JSON.parse(inputText)
process.stdout.write(JSON.stringify(await peers[name](input)))
