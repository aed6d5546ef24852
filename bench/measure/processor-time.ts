import { readFileSync } from 'node:fs'

/** In the kernel's ticks, since the machine and this process started. */
export interface ProcessorTime {
  /** Of all cores: what anybody used, and what the host of a virtual machine gave to others (steal). */
  readonly used: number
  /** Of this process and of the children that have ended. */
  readonly own: number
  /** Of all cores, used or not. */
  readonly all: number
}

/** Linux only: elsewhere, or where /proc is not readable, undefined. */
export function readProcessorTime(): ProcessorTime | undefined {
  try {
    return parseProcessorTime(readFileSync('/proc/stat', 'utf8'), readFileSync('/proc/self/stat', 'utf8'))
  } catch {
    return undefined
  }
}

/** By `man proc`: the line `cpu` of /proc/stat, and the fields 14 to 17 of /proc/self/stat, behind a name in parentheses. */
export function parseProcessorTime(machine: string, self: string): ProcessorTime {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(machine)?.[1] ?? ''
  )
    .split(' ')
    .map(Number)
  const used = user + nice + system + irq + softIrq + steal
  const own = self
    .slice(self.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .reduce((sum, field) => sum + Number(field), 0)
  return { used, own, all: used + idle + waiting }
}

/** The share of all cores' time that others used between two looks, 0 to 1. */
export function foreignShare(from: ProcessorTime, to: ProcessorTime): number {
  const foreign = to.used - from.used - (to.own - from.own)
  return Math.max(0, foreign) / Math.max(1, to.all - from.all)
}
