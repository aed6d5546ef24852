import { findNodeProblem } from './node-version.js'

// To be imported before anything else, so that it stands before the native code and before the syntax of newer Nodes.
const problem = findNodeProblem(process.versions.node)
if (problem !== undefined) throw new Error(problem)
