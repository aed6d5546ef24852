import { ConvoDbError } from '../../protocol/errors.js'
import {
  isOperationName,
  operations,
  type OperationName,
  type WireParams,
  type Params,
} from '../../protocol/operations.js'
import { Packer, type Packed } from '../../protocol/packed.js'
import { isList, type Schema } from '../../protocol/schema.js'
import { Stepwise } from '../stepwise.js'
import { readList, type ListReader } from './read-list.js'
import { newColumnsChunk, newListChunk, packParams } from './pack.js'
import { readFields, refuseUnknown, toObject, type FieldReader } from './read-fields.js'
import { fieldReadersOf, isShortList, readerOf } from './reader-of.js'
import { Reading } from './reading.js'
import { readMessage, readStoredMessage } from './read-message.js'
import { finishNow } from '../../protocol/steps.js'

/** How an operation's parameters are read. */
interface ParamsReader {
  readonly known: ReadonlySet<string>
  readonly fields: readonly FieldReader[]
  readonly list: ListReader | undefined
}

/**
 * Reads an operation's parameters as they came in, from whichever entrance: every value once, into the form that crosses
 * threads. That is a copy, and what is checked is the copy: an object that changes, or that answers otherwise when it is
 * asked again, changes nothing.
 *
 * @returns the parameters or, where they are large, what packs them in steps.
 * @throws INVALID_ARGUMENT when there is no such operation, or naming the field that is wrong; the steps throw it, too
 */
export function readParams<N extends OperationName>(
  name: N,
  params: unknown,
): WireParams<N> | Stepwise<Packed>
export function readParams(name: unknown, params: unknown): unknown {
  // An object may turn into another text each time it is asked, so only a text is a name.
  if (typeof name !== 'string' || !isOperationName(name)) {
    const given = typeof name === 'string' ? `'${name.slice(0, 100)}'` : `that is a ${typeof name}`
    throw new ConvoDbError('INVALID_ARGUMENT', `There is no operation ${given}`, { field: 'name' })
  }
  const reading = new Reading()
  if (name === 'storeMessage') return whole(readStoredMessage(params, reading), reading)
  const { known, fields, list } = readerFor(name)
  const given = toObject(params, reading)
  refuseUnknown(given, known, reading)
  const rest = readFields(given, fields, reading)
  if (list === undefined) return whole(rest, reading)
  const items = given[list.field]
  const isLeftOut = list.isOptional && items === undefined
  return isLeftOut ? whole(rest, reading) : readList(list, items, rest, reading)
}

/** Parameters without a list: nearly always small. */
function whole(params: object, reading: Reading): unknown {
  if (reading.room >= 0 && !reading.hasUnfinished) return params
  const packer = new Packer()
  return new Stepwise(packParams(packer, { ...params }, undefined, reading), () => packer.bytes)
}

const paramsReaders = new Map<OperationName, ParamsReader>()

/** Made when first needed: a program uses few of them. */
function readerFor(name: OperationName): ParamsReader {
  const made = paramsReaders.get(name)
  if (made !== undefined) return made
  const properties: Readonly<Record<string, Schema>> = operations[name].params.properties
  const lists = Object.entries(properties).flatMap(([field, schema]) => listReaderOf(name, field, schema))
  const others = Object.entries(properties).filter(([field]) => !lists.some((list) => list.field === field))
  if (lists.length > 1) throw new TypeError(`${name} has two lists, and one is read`)
  const reader = {
    known: new Set(Object.keys(properties)),
    fields: fieldReadersOf(Object.fromEntries(others)),
    list: lists[0],
  }
  paramsReaders.set(name, reader)
  return reader
}

function listReaderOf(name: OperationName, field: string, schema: Schema): ListReader[] {
  if (!isList(schema) || isShortList(schema)) return []
  if (name === 'addMessages') {
    const fields = { wireField: 'columns', chunksField: 'chunks' }
    return [{ field, ...fields, isOptional: false, readItem: readMessage, newChunk: newColumnsChunk }]
  }
  const readItem = readerOf(schema.items)
  const isOptional = schema.isOptional === true
  return [{ field, wireField: field, chunksField: field, isOptional, readItem, newChunk: newListChunk }]
}

/**
 * The parameters, if the operation would take them.
 *
 * @throws INVALID_ARGUMENT naming the field that is wrong
 */
export function checkParams<N extends OperationName>(name: N, params: unknown): Params<N>
export function checkParams(name: OperationName, params: unknown): unknown {
  const prepared = readParams(name, params)
  if (prepared instanceof Stepwise) finishNow(prepared.steps)
  return params
}
