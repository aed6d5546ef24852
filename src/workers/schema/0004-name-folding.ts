/**
 * By which version of `foldName` the names in the file are folded (src/protocol/fold-name.ts). Whoever opens it for writing
 * with another one folds them anew: docs/decisions/0020-folded-names.md.
 */
export const nameFolding = `
CREATE TABLE name_folding (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
) STRICT;
INSERT INTO name_folding (id, version) VALUES (1, '');
`
