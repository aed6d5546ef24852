import { readInteger } from '../reading/kinds.js'
import { readOptions } from '../reading/read-fields.js'
import { option, readFunction, readSignal } from './option-readers.js'

/** Of everything that works on a whole file. */
export const ofJobs = [option('onProgress', readFunction), option('signal', readSignal)]

const ofVerifying = [option('maxProblems', readInteger(1, 10_000)), ...ofJobs]

/** @throws INVALID_ARGUMENT naming the option */
export function checkVerifyOptions(options: unknown): void {
  readOptions(ofVerifying, options)
}
