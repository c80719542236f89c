/** True when a key is a pattern of glob(7). */
export function isGlob(key: string): boolean {
  return /[*?[]/.test(key);
}

/** What one character may be: itself, any, one of a set; or any number of them. */
type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'many' }
  | { readonly kind: 'set'; readonly has: (c: string) => boolean };

/** Whether a path matches a pattern of glob(7). Takes no more steps than length times length. */
export function globMatches(pattern: string, path: string): boolean {
  const tokens = globTokens(pattern);
  let at = 0;
  let token = 0;
  let retryAt = -1;
  let retryToken = -1;
  while (at < path.length) {
    const current = tokens[token];
    const character = path.charAt(at);
    if (current?.kind === 'many') {
      token += 1;
      retryToken = token;
      retryAt = at;
    } else if (current?.kind === 'any' ? character !== '/' : current?.has(character) === true) {
      token += 1;
      at += 1;
    } else if (retryToken >= 0 && path[retryAt] !== '/') {
      retryAt += 1;
      at = retryAt;
      token = retryToken;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every(({ kind }) => kind === 'many');
}

function globTokens(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '*') tokens.push({ kind: 'many' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else {
      const set = character === '[' ? bracket(pattern.slice(at)) : undefined;
      const literal = character === '\\' && at + 1 < pattern.length ? pattern.charAt(++at) : character;
      tokens.push(set?.token ?? { kind: 'set', has: (c) => c === literal });
      if (set !== undefined) at += set.length - 1;
    }
  }
  return tokens;
}

/** `[a-z]`, `[!a-z]`; undefined when it is not closed: then the bracket stands for itself. A slash is never in a set. */
function bracket(text: string): { readonly token: Token; readonly length: number } | undefined {
  const match = /^\[([!^]?)(\]?[^\]]*)\]/.exec(text);
  if (match === null) return undefined;
  const [whole, negated = '', content = ''] = match;
  if (content === '' || content.includes('/')) return undefined;
  const members = [...content.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, single]) =>
    single === undefined ? { from: from ?? '', to: to ?? '' } : { from: single, to: single },
  );
  const inSet = (c: string) => members.some(({ from, to }) => c >= from && c <= to);
  return {
    token: { kind: 'set', has: (c) => c !== '/' && inSet(c) === (negated === '') },
    length: whole.length,
  };
}
