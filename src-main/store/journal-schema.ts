import { type Schema } from './database.ts';

/**
 * The journal's tables. A migration that was released is never changed: the next one is added below it. `click` is JournalEntry.group
 * (GROUP is a word of SQL).
 */
export const JOURNAL_SCHEMA: Schema = {
  // "LBj1"
  applicationId: 0x4c426a31,
  migrations: [
    `CREATE TABLE entries (
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       time_ms INTEGER NOT NULL,
       who TEXT NOT NULL,
       action TEXT NOT NULL,
       subject TEXT NOT NULL,
       pid INTEGER,
       start_ticks INTEGER,
       boot_id TEXT,
       before TEXT,
       asked TEXT NOT NULL,
       after TEXT,
       state TEXT NOT NULL,
       note TEXT,
       click INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX entries_by_click ON entries (click);
     CREATE INDEX entries_by_state ON entries (state);
     CREATE INDEX entries_of_rules ON entries (boot_id) WHERE action = 'rule';`,
    // `occasion` is the same for two Lifeboats that see the same thing; `interrupted`: when the user was interrupted for it.
    `CREATE TABLE alerts (
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       time_ms INTEGER NOT NULL,
       kind TEXT NOT NULL,
       subject TEXT NOT NULL,
       occasion TEXT UNIQUE,
       interrupted_ms INTEGER,
       alert TEXT NOT NULL
     ) STRICT;`,
    // Code and facts of why an entry came to its end, as JSON; before that, `note` held a sentence.
    'ALTER TABLE entries ADD COLUMN why TEXT;',
    // Where a rule that was removed stood in its file, as JSON.
    'ALTER TABLE entries ADD COLUMN place TEXT;',
  ],
};
