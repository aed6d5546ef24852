import { describe, expect, it } from 'vitest'
import { branchesOf } from '../../src/importers/formats/conversations/tree.js'

/** `b<a`: b follows a. */
function take(text: string, leafId?: string): string {
  const nodes = text.split(' ').map((pair) => {
    const [id = '', parentId] = pair.split('<')
    return { id, parentId }
  })
  const { shown, others } = branchesOf(nodes, leafId)
  const idsOf = (branch: readonly { readonly id: string }[]) => branch.map(({ id }) => id).join('')
  return [idsOf(shown), ...others.map(({ leftAt, nodes: ids }) => `${leftAt ?? ''}:${idsOf(ids)}`)].join(' ')
}

describe('a tree', () => {
  it.each([
    ['a b<a c<b', 'c', 'abc'],
    ['a b<a c<b d<a', 'c', 'abc a:d'],
    ['a b<a c<b d<a', undefined, 'ad a:bc'],
    ['a b<a c<b d<a', 'nowhere', 'ad a:bc'],
    ['a b<a c<a d<b e<b f<e', 'c', 'ac a:bef b:d'],
    ['a b<a c d<c', 'b', 'ab :cd'],
    ['a b<gone c<b', 'a', 'a gone:bc'],
    ['a b<a c<b', 'b', 'ab b:c'],
    ['a<b b<a c', 'c', 'c b:ab'],
    ['a<a', 'a', 'a'],
  ])('%s, shown to %s, is %s', (text, leafId, expected) => {
    expect(take(text, leafId)).toBe(expected)
  })

  it('may be as deep as it likes', () => {
    const nodes = Array.from({ length: 20_000 }, (_, n) => ({
      id: `${n}`,
      parentId: n === 0 ? undefined : `${n - 1}`,
    }))
    expect(branchesOf(nodes, undefined).shown).toHaveLength(20_000)
    expect(branchesOf(nodes, '0').others).toHaveLength(1)
  })
})
