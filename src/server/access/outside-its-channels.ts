import { ConvoDbError } from '../../main/index.js'

/** One error for all that a key of certain channels may not do, so that it tells nothing of what is there. */
export const outsideItsChannels = (): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'This key is for certain channels, and this is not within them')
