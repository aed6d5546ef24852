import type { ChangePlace } from '../protocol/change-cursor.js'

/**
 * Commits of several connections are told of in another order than they were made in at times; what is told behind them never goes back.
 */
export function tellFurthest(tell: (place: ChangePlace) => void): (place: ChangePlace) => void {
  let furthest: ChangePlace = { messageKey: 0, changeId: 0 }
  return ({ messageKey, changeId }) => {
    furthest = {
      messageKey: Math.max(furthest.messageKey, messageKey),
      changeId: Math.max(furthest.changeId, changeId),
    }
    tell(furthest)
  }
}
