/** Undefined when it is not JSON. The parser's own message is left out: it quotes the text. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
