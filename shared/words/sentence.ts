/** A piece of a sentence: plain, or one of the numbers that carry it. */
export type Phrase = string | { readonly strong: string };

/** A sentence for people. A page shows its strong parts as such; a terminal shows `plain()` of it. */
export type Sentence = readonly Phrase[];

/** Marks the part of a sentence that the eye should find. */
export function strong(text: string): Phrase {
  return { strong: text };
}

/** Builds a sentence from a template: say`Uses ${strong('3.1 GiB')}.` */
export function say(texts: TemplateStringsArray, ...values: readonly (Phrase | Sentence)[]): Sentence {
  return texts.flatMap((text, index) => {
    const value = values[index] ?? '';
    const phrases = typeof value === 'string' || 'strong' in value ? [value] : value;
    return [text, ...phrases].filter((phrase) => phrase !== '');
  });
}

/** The sentence as plain text. */
export function plain(sentence: Sentence): string {
  return sentence.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.strong)).join('');
}
