/** How much is tortured: `ci` takes a few minutes, `full` as long as it takes. */
interface Scale {
  /** Workloads whose disks are cut, and images of each. */
  readonly powerLossRuns: number
  readonly imagesPerRun: number
  /** Images of the run with `durability: 'normal'`, which must lose something. */
  readonly controlImages: number
  /** Times that the disk fills up and gets room again. */
  readonly diskFullRounds: number
  /** Processes killed amid faults, for each kind of fault. */
  readonly faultRuns: number
  /** Images of the disk in each process whose syncs failed. */
  readonly faultImages: number
  /** Threads killed in one process under load. */
  readonly workerKills: number
  /** Leases and stores of all threads together, for each number of threads. */
  readonly leases: number
  /** Processes killed with `kill -9`. */
  readonly processKills: number
  /** Times that a server is killed under its clients. */
  readonly serverKills: number
  /** Lists of writes compared with the model. */
  readonly modelRuns: number
  /** How long a database is offered ten times what it can do. */
  readonly overloadSeconds: number
}

const scales = {
  ci: {
    powerLossRuns: 2,
    imagesPerRun: 1_300,
    controlImages: 400,
    diskFullRounds: 12,
    faultRuns: 2,
    faultImages: 40,
    workerKills: 200,
    leases: 2_000,
    processKills: 50,
    serverKills: 20,
    modelRuns: 1_000,
    overloadSeconds: 30,
  },
  full: {
    powerLossRuns: 12,
    imagesPerRun: 2_500,
    controlImages: 2_000,
    diskFullRounds: 100,
    faultRuns: 40,
    faultImages: 100,
    workerKills: 2_000,
    leases: 20_000,
    processKills: 500,
    serverKills: 200,
    modelRuns: 20_000,
    overloadSeconds: 30,
  },
} as const satisfies Record<string, Scale>

/** Of vitest's `--mode`. */
export const scale: Scale = process.env['MODE'] === 'full' ? scales.full : scales.ci
