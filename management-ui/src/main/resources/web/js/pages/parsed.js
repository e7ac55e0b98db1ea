/** JSON that was typed; what is wrong names the field it is in. */
export function parsed(name, text) {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new SyntaxError(`${name}: this is not JSON (${failure.message})`);
  }
}
