import { ConvoDbError } from '../../protocol/errors.js'

/** Whatever a caller's getter or proxy threw while its parameters were read; what it threw is not shown to anybody. */
export const unreadable = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', 'the parameter can not be read: a getter or a proxy of it threw', {
    field: 'the parameter',
  })
