#!/usr/bin/env node
import './standard-output.js'
import { findNodeProblem } from '../main/node-version.js'

// Nothing else is loaded before the version is known to do, nor for telling one's own.
const problem = findNodeProblem(process.versions.node)
const [first, ...others] = process.argv.slice(2)
if (problem !== undefined) {
  process.stderr.write(`convodb: ${problem}\n`)
  process.exitCode = 1
} else if ((first === '--version' || first === '-V') && others.length === 0) {
  const { packageVersion } = await import('../main/package-version.js')
  process.stdout.write(`${packageVersion()}\n`)
} else {
  await import('./program.js')
}
