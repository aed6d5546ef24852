import type { OperationName } from '../../protocol/operations.js'

/** How an operation's result becomes an answer of HTTP's. */
export type AnswerForm =
  /** As it is. */
  | 'value'
  /** As it is, or 404 where there is none. It has an ETag. */
  | 'found'
  /** 204, or 404 where nothing was deleted. */
  | 'deleted'
  /** `{ "count": 3 }` */
  | 'count'
  /** `{ "items": [...] }` */
  | 'items'
  /** 204. */
  | 'nothing'

/** One door to one operation. What is not in the path comes in the query of GET and DELETE, and in the body of all others. */
export interface Resource {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As in OpenAPI: `/v1/messages/{messageId}`. */
  readonly path: string
  readonly operation: OperationName
  readonly answer: AnswerForm
  /** Of success; default 200, or 204 where there is nothing to say. */
  readonly status?: 200 | 201
  /** A parameter that is a list, of which the path has one. */
  readonly listOf?: { readonly pathParam: string; readonly field: string }
  readonly summary: string
}
