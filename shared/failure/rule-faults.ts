import * as v from 'valibot';

/** Everything that can be wrong with a file of rules: its TOML, what a rule says, a pattern. */
const RULE_FAULTS = [
  // The TOML.
  'heading',
  'line',
  'no-equals',
  'before-first-rule',
  'key-twice',
  'after-value',
  'control-character',
  'no-value',
  'value',
  'text-lines',
  'text-open',
  'escape',
  // What a rule says.
  'too-many-rules',
  'unknown-table',
  'unknown-key',
  'no-adj',
  'no-condition',
  'no-rule',
  'boolean',
  'number',
  'text',
  'name-too-long',
  'container-too-short',
  // A pattern.
  'pattern-too-long',
  'pattern-too-large',
  'close-without-open',
  'too-deep',
  'nothing-to-repeat',
  'brace',
  'repeat-order',
  'repeat-too-often',
  'unescaped',
  'group-kind',
  'open-group',
  'trailing-backslash',
  'back-reference',
  'unknown-escape',
  'open-set',
  'range',
] as const;

/** One of them, with what it is about: a word of the file, and the number that counts. */
export const ruleFaultSchema = v.object({
  kind: v.picklist(RULE_FAULTS),
  of: v.exactOptional(v.pipe(v.string(), v.maxLength(16_384))),
  count: v.exactOptional(v.number()),
});
export type RuleFault = Readonly<v.InferOutput<typeof ruleFaultSchema>>;
