/** A page that takes longer to find ends where it has come to. */
const pageMs = 50
/** So many steps are taken however long they take: a machine that is busy for a moment cuts no short page. */
const leastSteps = 32

/** Begins the time that one page may take. What is returned is asked before each step, whether the page may go on. */
export function startPageTime(): () => boolean {
  const deadlineMs = performance.now() + pageMs
  let steps = 0
  return () => {
    steps += 1
    return steps <= leastSteps || performance.now() < deadlineMs
  }
}
