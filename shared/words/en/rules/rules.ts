import { assertNever } from '#shared/result.ts';
import { type RuleFault } from '#shared/failure/rule-faults.ts';

/** What is wrong with a rule, or with the file that it stands in. */
export function ruleFault({ kind, of = '', count = 0 }: RuleFault): string {
  switch (kind) {
    case 'heading':
      return 'Only headings like [[rule]] are known here.';
    case 'line':
      return 'A line is key = value, [[rule]] or a # comment.';
    case 'no-equals':
      return `"${of}" must be followed by "=".`;
    case 'before-first-rule':
      return `"${of}" stands before the first [[rule]].`;
    case 'key-twice':
      return `"${of}" is there twice in one rule.`;
    case 'after-value':
      return 'Only a # comment may follow here.';
    case 'control-character':
      return 'Control characters are not allowed.';
    case 'no-value':
      return 'The value is missing.';
    case 'value':
      return 'A value is "text", \'text\', a whole number, true or false.';
    case 'text-lines':
      return 'A text must be on one line.';
    case 'text-open':
      return `The text is not closed by ${of}.`;
    case 'escape':
      return '"\\" begins no known escape. In \'text\' it stands for itself.';
    case 'too-many-rules':
      return `There are more than ${count} rules.`;
    case 'unknown-table':
      return `[[${of}]] is not known here. Only [[rule]] is.`;
    case 'unknown-key':
      return `"${of}" is not a known key. Use name, command, user, unit, container, adj or allow_many.`;
    case 'no-adj':
      return 'This rule has no adj.';
    case 'no-condition':
      return 'This rule matches nothing. Add name, command, user, unit or container.';
    case 'no-rule':
      return 'There is no rule.';
    case 'boolean':
      return `${of} must be true or false.`;
    case 'number':
      return `${of} must be a whole number from -1000 to 1000.`;
    case 'text':
      return `${of} must be a "text" that is not empty.`;
    case 'name-too-long':
      return `The kernel cuts names to ${count} bytes, so this matches nothing. Shorten it, or use command.`;
    case 'container-too-short':
      return `container must be at least the first ${count} characters of the id.`;
    case 'pattern-too-long':
      return `The pattern is longer than ${count} characters.`;
    case 'pattern-too-large':
      return 'The pattern is too large.';
    case 'close-without-open':
      return '")" closes nothing.';
    case 'too-deep':
      return 'The brackets are nested too deeply.';
    case 'nothing-to-repeat':
      return 'There is nothing to repeat.';
    case 'brace':
      return '"{" must be followed by a number, as in {3} or {1,3}. Write \\{ for the character.';
    case 'repeat-order':
      return 'The numbers are in the wrong order.';
    case 'repeat-too-often':
      return `At most ${count} repetitions are possible.`;
    case 'unescaped':
      return `"${of}" must be written \\${of} here.`;
    case 'group-kind':
      return 'Only (…) and (?:…) are possible: no lookahead, no lookbehind, no named groups.';
    case 'open-group':
      return '"(" is not closed.';
    case 'trailing-backslash':
      return '"\\" stands at the end.';
    case 'back-reference':
      return 'References to groups are not possible.';
    case 'unknown-escape':
      return `"\\${of}" is not a known escape. Write the character alone.`;
    case 'open-set':
      return '"[" is not closed.';
    case 'range':
      return 'This is not a range.';
    default:
      return assertNever(kind);
  }
}
