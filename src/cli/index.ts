#!/usr/bin/env node
import { findNodeProblem } from '../main/node-version.js'

// Nothing else is loaded before the version is known to do.
const problem = findNodeProblem(process.versions.node)
if (problem === undefined) {
  await import('./program.js')
} else {
  process.stderr.write(`convodb: ${problem}\n`)
  process.exitCode = 1
}
