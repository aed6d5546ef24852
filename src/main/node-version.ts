/** The oldest Node that the native code underneath runs on; an older one would end with a segmentation fault. */
const oldest = [22, 13] as const

/** One line that says what is wrong with this Node, or undefined. */
export function findNodeProblem(version: string | undefined): string | undefined {
  // Other runtimes name the Node that they are compatible with, or none.
  const match = /^(\d+)\.(\d+)\./.exec(version ?? '')
  if (match === null) return undefined
  const [major, minor] = [Number(match[1]), Number(match[2])]
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined
  return `ConvoDB needs Node ${oldest.join('.')} or newer, and this is Node ${version}: install a newer one (https://nodejs.org)`
}
