import type { Session } from '../connection/session.js'

const noteCommitSql = `
  INSERT INTO writer_commits (writer, commit_number, noted_at) VALUES ($1, $2, $3)
  ON CONFLICT (writer) DO UPDATE SET commit_number = excluded.commit_number, noted_at = excluded.noted_at`
const selectNumber = `SELECT commit_number AS number FROM writer_commits WHERE writer = $1`
const deleteOwn = `DELETE FROM writer_commits WHERE writer = $1`
// Of processes that ended without a word; there is a row for each.
const deleteOld = `DELETE FROM writer_commits WHERE noted_at < $1`

const keptForMs = 7 * 24 * 60 * 60 * 1000

/** Which transaction of which process it is, as the database knows it once it is committed. */
export interface CommitMark {
  readonly writer: string
  readonly number: number
}

/** Becomes true with the transaction that it is part of. */
export const noteCommit = (session: Session, { writer, number }: CommitMark): void =>
  session.send(noteCommitSql, [writer, number, Date.now()])

/** Whether that transaction is the last that its process has committed. */
export const isNoted = async (session: Session, { writer, number }: CommitMark): Promise<boolean> =>
  (await session.get<{ number: number }>(selectNumber, [writer]))?.number === number

export const forgetCommits = async (session: Session, writer: string): Promise<void> => {
  await session.run(deleteOwn, [writer])
  await session.run(deleteOld, [Date.now() - keptForMs])
}
