import { expect, it } from 'vitest'
import { importFiles } from '../../src/importers/import-files.js'
import { findInputs } from '../../src/importers/inputs/find-inputs.js'
import { fixture, importOf } from './import-of.js'

const formats = [
  'discord',
  'slack',
  'telegram',
  'matrix',
  'zulip',
  'chatgpt',
  'claude',
  'mbox',
  'whatsapp',
  'irc',
]

it.each(formats)('a dry run counts what goes into a new database: %s', async (format) => {
  const { inputs, close } = await findInputs(fixture(format))
  const open = () => Promise.reject(new Error('A dry run stores nothing'))
  const dry = await importFiles(open, inputs, { dryRun: true })
  close()
  const { report } = await importOf(fixture(format))
  expect(dry).toEqual(report)
})
